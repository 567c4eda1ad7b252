//! Words that carry grammar rather than meaning, with question words and greetings, for seven languages.

use super::Language;

/// Whether `word` (lower-case, as written, not stemmed) says nothing about what a text is about.
/// Always false for a language without a list.
pub fn is_stop_word(word: &str, language: Language) -> bool {
    list(language).split_ascii_whitespace().any(|known| known == word)
}

/// Whether stop words of `language` are known.
pub fn has_stop_words(language: Language) -> bool {
    !list(language).is_empty()
}

/// Splits the list into a set once, for callers that judge many words.
pub(super) fn stop_words(language: Language) -> std::collections::HashSet<&'static str> {
    list(language).split_ascii_whitespace().collect()
}

fn list(language: Language) -> &'static str {
    match language {
        Language::English => ENGLISH,
        Language::German => GERMAN,
        Language::Spanish => SPANISH,
        Language::French => FRENCH,
        Language::Italian => ITALIAN,
        Language::Portuguese => PORTUGUESE,
        Language::Dutch => DUTCH,
        _ => "",
    }
}

const ENGLISH: &str = "a about after again all also although am an and any anybody anyone anything anywhere are aren't around as at be because \
    been before being but by can can't cannot could couldn't did didn't do does doesn't doing don't done each \
    either else ever every for from get give got had has have haven't having he hello her here hers hey hi him \
    his how i i'd i'll i'm i've if in into is isn't it it's its itself just let let's many may me might more most \
    much must my myself no nobody nor not nothing of off on once one only or other our ours out over please shall she should \
    since so some somebody someone something still such tell than thank thanks that that's the their theirs them \
    then there there's these they they're thing things this those through to too under until up upon us very via \
    was wasn't we we're we've were what what's whats when when's where where's which while who who's whom whose \
    why will with within without won't would wouldn't yes yet you you're you've your yours yourself";

const GERMAN: &str = "ab aber alle allem allen aller alles als also am an ander andere anderen auch auf aus bei \
    beim bin bis bist bitte da dabei dafür damit dann daran darauf das dass dazu dein deine deinen dem den denn \
    der deren des dessen dich die dies diese diesem diesen dieser dieses dir doch dort du durch ein eine einem \
    einen einer eines er es etwas euch euer eure für gegen gab gibt gibts habe haben habt hallo hast hat hatte \
    hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in ins irgendein ist ja jede jedem \
    jeden jeder jedes jene kann kannst kein keine keinem keinen keiner können könnt könnte könnten man mehr mein \
    meine meinem meinen meiner mich mir mit muss müssen musst nach nein nicht nichts noch nun nur ob oder ohne \
    sehr sein seine seinem seinen seiner seit sich sie sind so soll sollen sollte sondern sonst über um und uns \
    unser unsere unserem unseren unserer unter viel viele vielen vom von vor wann war waren warum was wäre weil \
    welche welchem welchen welcher welches wem wen wenn wer werde werden wessen wie wieder wieso wieviel wieviele \
    will wir wird wirst wo wofür woher wohin wollen womit worüber wurde wurden würde würden zu zum zur zwischen";

const SPANISH: &str = "a al algo alguien algún alguna algunas alguno algunos ante antes aquel aquella así aún \
    aunque bajo bien cada como cómo con contra cual cuál cuales cuáles cualquier cuando cuándo cuanta cuánta \
    cuantas cuántas cuanto cuánto cuantos cuántos de del desde donde dónde dos durante e el él ella ellas ellos \
    en entre era eran eres es esa esas ese eso esos esta está estaba estamos están estar estas este esto estos \
    estoy favor fue fueron ha había hace hacen hacia han has hasta hay he hola la las le les lo los más me mi mí \
    mis mucha muchas mucho muchos muy nada ni no nos nosotros nuestra nuestras nuestro nuestros o os otra otras \
    otro otros para pero por porque pueda puede pueden puedes puedo que qué quien quién quienes quiénes se sea \
    según ser si sí sin sobre sois somos son soy su sus también tan tanto te tenemos tener tengo tenéis tiene \
    tienen tienes toda todas todo todos tu tú tus un una unas uno unos usted ustedes vosotros vuestra vuestro y \
    ya yo";

const FRENCH: &str = "a à afin ai ainsi alors après as au aucun aucune aussi autre autres aux avant avec avez \
    avoir avons beaucoup bien bonjour c ça car ce ceci cela celle celles celui ces cet cette ceux chaque chez ci \
    combien comme comment d dans de depuis des dès desquels deux dois doit donc dont du elle elles en encore entre \
    es est et étaient était êtes être eu eux fait faire fut ici il ils j je jusqu jusque l la là le lequel les \
    leur leurs lors lorsque lui m ma mais me même mes merci mien moi moins mon n ne ni non nos notre nous on ont \
    ou où par parce pas pendant peu peut peuvent peux plus plusieurs pour pourquoi pouvez pouvons puis puisque qu \
    quand que quel quelle quelles quels quelque quelques qui quoi s sa sans se sera serait ses si son sont sous \
    suis sur t ta te tes toi ton tous tout toute toutes très trop tu un une va vers veux voici voilà vos votre vous \
    vont y";

const ITALIAN: &str = "a abbiamo ad agli ai al alcun alcuna alcune alcuni all alla alle allo allora anche ancora \
    avere avete c ce che chi ci ciao ciò coi col come con contro cosa cui d da dagli dai dal dall dalla dalle \
    dallo degli dei del dell della delle dello dentro di dopo dove dov dunque e è ed era erano essere fa fanno fare \
    favore fino fra gli grazie ha hai hanno ho i il in io l la le lei li lo loro lui ma me meno mentre mi mia mie \
    miei mio molta molte molti molto ne negli nei nel nell nella nelle nello no noi non nostra nostre nostri nostro o od \
    ogni oppure per perché però più poi possiamo posso può puoi qual quale quali qualche quando quant quanta \
    quante quanti quanto quel quell quella quelle quelli quello quest questa queste questi questo qui quindi salve \
    sarà se sei sempre senza si sì sia siamo siete sono sopra sotto sta stata stato sta su sua sue sugli sui sul \
    sull sulla sulle sullo suo suoi te ti tra troppo tu tua tue tuo tuoi tutta tutte tutti tutto un una uno v vi \
    voi vostra vostre vostri vostro";

const PORTUGUESE: &str = "a à ainda algo alguém algum alguma algumas alguns além ante antes ao aos após aquela \
    aquele aquilo as às assim até cada com como contra cuja cujo da das de dela dele deles depois desde dessa \
    desse desta deste do dos e é ela elas ele eles em entre era eram essa essas esse esses esta está estamos estão \
    estar estas este estes estou eu faz fazem favor foi foram há isso isto já la lhe lhes lo mais mas me mesmo meu \
    meus minha minhas muita muitas muito muitos na não nas nem nenhum nenhuma no nos nós nossa nossas nosso nossos \
    num numa o obrigada obrigado olá onde os ou outra outras outro outros para pela pelas pelo pelos perante pode \
    podem podemos poder por porque porquê posso pouco pra qual quais qualquer quando quanta quantas quanto quantos \
    que quê quem são se seja sem sempre ser será seu seus si sim sob sobre somos sou sua suas também te tem têm \
    temos tenho ter teu toda todas todo todos tu tua tudo um uma umas uns vão você vocês vos";

const DUTCH: &str = "aan al alle alles als alsjeblieft alstublieft altijd ander andere ben bent bij dan dat de deze \
    die dit doen doet door dus een eens en er ergens geen geweest haar had hadden hallo heb hebben hebt heeft hem \
    hen het hier hij hoe hoelang hoeveel hun iemand iets ik in is ja je jij jou jouw jullie kan kun kunnen kunt maar \
    me meer men met mij mijn moet moeten mogen na naar niet niets nog nu of om omdat ons onze ook op over per te \
    tegen ten ter terwijl tot tussen u uit uw van vanaf veel voor waar waarom waren was wanneer wat we wel welk \
    welke werd wie wij wil willen word worden wordt zal ze zei zelf zich zij zijn zo zonder zou zouden zult";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn question_words_are_stop_words_in_every_listed_language() {
        for (word, tag) in [
            ("what", "en"),
            ("wie", "de"),
            ("cuánto", "es"),
            ("combien", "fr"),
            ("quanto", "it"),
            ("onde", "pt"),
            ("hoeveel", "nl"),
        ] {
            assert!(is_stop_word(word, Language::from_tag(tag)), "{word}");
        }
        assert!(!is_stop_word("price", Language::English));
        assert!(!is_stop_word("what", Language::Other));
    }
}
