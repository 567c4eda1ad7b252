//! What people ask small businesses, in other words than those of the documents: a little knowledge of seven
//! languages, none of any trade.

mod english;

use super::values::ValueKind;
use crate::ground::text::Language;

/// Words that mean the same to someone who asks, with the kind of value that answers them.
pub struct Concept {
    pub words: &'static str,
    pub value: Option<ValueKind>,
}

/// What a heading over values of this kind may say besides, for finding the passage only.
pub const fn hints(value: ValueKind) -> &'static str {
    match value {
        ValueKind::Place => "contact find visit kontakt finden contacto contatto contato contacter",
        ValueKind::Phone | ValueKind::Email => "contact kontakt contacto contatto contato contacter",
        ValueKind::Money | ValueKind::Time | ValueKind::Duration | ValueKind::Number => "",
        ValueKind::Month | ValueKind::Frequency => "",
    }
}

const fn concept(words: &'static str) -> Concept {
    Concept { words, value: None }
}

const fn asks(value: ValueKind, words: &'static str) -> Concept {
    Concept { words, value: Some(value) }
}

/// One language's words. Everything is written as in a dictionary; callers compare stems.
pub struct Vocabulary {
    /// At most 64.
    pub concepts: &'static [Concept],
    /// Phrases that ask for a kind of value.
    pub phrases: &'static [(&'static str, ValueKind)],
    /// Words of politeness and of asking, which a document rarely repeats.
    pub soft: &'static str,
    /// Words for the day on which is asked.
    pub present: &'static str,
    /// Words that begin a sentence about the thing of the sentence before.
    pub back: &'static str,
    /// Monday first; long and short forms.
    pub days: [&'static str; 7],
    /// What stands between two days that are the ends of a range.
    pub until: &'static str,
}

pub fn of(language: Language) -> &'static Vocabulary {
    match language {
        Language::English => &english::ENGLISH,
        Language::German => &GERMAN,
        Language::Spanish => &SPANISH,
        Language::French => &FRENCH,
        Language::Italian => &ITALIAN,
        Language::Portuguese => &PORTUGUESE,
        Language::Dutch => &DUTCH,
        _ => &NONE,
    }
}

const NONE: Vocabulary =
    Vocabulary { concepts: &[], phrases: &[], soft: "", present: "", back: "", days: [""; 7], until: "" };

const GERMAN: Vocabulary = Vocabulary {
    concepts: &[
        asks(ValueKind::Money, "preis preise kosten kostet gebühr gebühren teuer tarif tarife"),
        asks(
            ValueKind::Time,
            "öffnungszeiten öffnungszeit geöffnet offen öffnen öffnet auf schließen schließt geschlossen uhrzeit",
        ),
        asks(ValueKind::Phone, "telefon telefonnummer telefonisch anrufen rufnummer handynummer"),
        asks(ValueKind::Email, "e-mail email mail mailadresse"),
        asks(ValueKind::Place, "adresse anschrift anfahrt standort liegt"),
        asks(ValueKind::Duration, "dauer dauert lange"),
        concept("kontakt erreichen telefon anrufen e-mail"),
        concept("rückgabe zurückgeben umtausch umtauschen erstattung widerruf"),
        concept("lieferung liefern liefert versand versenden versandkosten lieferzeit lieferkosten"),
        concept("zahlen bezahlen zahlung zahlungsarten"),
        concept("karte kartenzahlung bar bargeld kreditkarte"),
        concept("termin termine buchen buchung reservieren reservierung"),
        concept("stornieren stornierung absagen absage kündigen kündigung"),
        concept("parken parkplatz parkplätze parkhaus"),
        concept("wlan wifi internet"),
        concept("hund hunde haustier haustiere tiere"),
        concept("kind kinder"),
        concept("garantie gewährleistung"),
        concept("reparatur reparieren reparaturen"),
        concept("rabatt rabatte ermäßigung ermäßigt"),
        concept("barrierefrei rollstuhl rollstuhlgerecht"),
        concept("wochenende samstag sonntag"),
    ],
    phrases: &[
        ("was kostet", ValueKind::Money),
        ("was kosten", ValueKind::Money),
        ("wie teuer", ValueKind::Money),
        ("wie viel", ValueKind::Money),
        ("wieviel", ValueKind::Money),
        ("wann", ValueKind::Time),
        ("wie lange", ValueKind::Duration),
        ("wie schnell", ValueKind::Duration),
        ("wie viele", ValueKind::Number),
        ("wo", ValueKind::Place),
    ],
    soft: "anbieten angebot bekommen bieten brauche dürfen erlaubt erhalten finde finden geht kaufen lautet machen mitbringen möchte möglich \
        nummer verkaufen verfügbar wissen",
    present: "heute morgen",
    back: "es er dieser diese dieses",
    days: [
        "montag montags mo",
        "dienstag dienstags di",
        "mittwoch mittwochs mi",
        "donnerstag donnerstags do",
        "freitag freitags fr",
        "samstag samstags sonnabend sa",
        "sonntag sonntags so",
    ],
    until: "bis",
};

const SPANISH: Vocabulary = Vocabulary {
    concepts: &[
        asks(ValueKind::Money, "precio precios cuesta cuestan costar coste costo vale tarifa tarifas"),
        asks(
            ValueKind::Time,
            "horario horarios abren abre abrir abierto abierta cierran cierra cerrado hora horas",
        ),
        asks(ValueKind::Phone, "teléfono llamar móvil"),
        asks(ValueKind::Email, "correo email e-mail"),
        asks(ValueKind::Place, "dirección ubicación ubicados encuentran"),
        asks(ValueKind::Duration, "duración dura tarda tardan"),
        concept("devolución devolver devoluciones reembolso cambio"),
        concept("entrega entregas envío envíos enviar reparto domicilio"),
        concept("pagar pago pagos"),
        concept("tarjeta tarjetas efectivo"),
        concept("reservar reserva reservas cita citas"),
        concept("cancelar cancelación anular"),
        concept("aparcar aparcamiento estacionamiento parking"),
        concept("perro perros mascota mascotas"),
        concept("garantía garantías"),
        concept("fin sábado domingo"),
    ],
    phrases: &[
        ("cuánto cuesta", ValueKind::Money),
        ("cuánto vale", ValueKind::Money),
        ("cuánto tiempo", ValueKind::Duration),
        ("cuánto tarda", ValueKind::Duration),
        ("cuándo", ValueKind::Time),
        ("a qué hora", ValueKind::Time),
        ("cuántos", ValueKind::Number),
        ("cuántas", ValueKind::Number),
        ("dónde", ValueKind::Place),
    ],
    soft: "comprar disponible encontrar gustaría necesito ofrecen ofrecer posible quiero saber venden vender número",
    present: "hoy mañana",
    back: "esto este esta estos estas",
    days: [
        "lunes lun",
        "martes mar",
        "miércoles mié",
        "jueves jue",
        "viernes vie",
        "sábado sábados sáb",
        "domingo domingos dom",
    ],
    until: "a al hasta",
};

const FRENCH: Vocabulary = Vocabulary {
    concepts: &[
        asks(ValueKind::Money, "prix coûte coûtent coût coûter tarif tarifs frais"),
        asks(
            ValueKind::Time,
            "horaire horaires ouvert ouverte ouverts ouvrez ouvrir ouverture fermé fermez fermer fermeture heure heures",
        ),
        asks(ValueKind::Phone, "téléphone appeler"),
        asks(ValueKind::Email, "e-mail email mail courriel"),
        asks(ValueKind::Place, "adresse situé située trouvez"),
        asks(ValueKind::Duration, "durée dure délai"),
        concept("retour retours retourner remboursement rembourser échange échanger"),
        concept("livraison livraisons livrer livrez envoi expédition"),
        concept("payer paiement paiements"),
        concept("carte cartes espèces"),
        concept("réserver réservation réservations rendez-vous"),
        concept("annuler annulation"),
        concept("parking garer stationnement stationner"),
        concept("chien chiens animaux animal"),
        concept("garantie garanties"),
    ],
    phrases: &[
        ("combien coûte", ValueKind::Money),
        ("combien de temps", ValueKind::Duration),
        ("combien de", ValueKind::Number),
        ("combien", ValueKind::Money),
        ("quand", ValueKind::Time),
        ("à quelle heure", ValueKind::Time),
        ("où", ValueKind::Place),
    ],
    soft: "acheter aimerais aujourd besoin disponible hui numéro offrez possible proposez savoir trouver vendez voudrais",
    present: "demain",
    back: "il elle ils elles cela",
    days: [
        "lundi lundis lun",
        "mardi mardis mar",
        "mercredi mer",
        "jeudi jeu",
        "vendredi ven",
        "samedi samedis sam",
        "dimanche dimanches dim",
    ],
    until: "à au",
};

const ITALIAN: Vocabulary = Vocabulary {
    concepts: &[
        asks(ValueKind::Money, "prezzo prezzi costa costano costo tariffa tariffe"),
        asks(
            ValueKind::Time,
            "orario orari aperto aperta aperti apre aprite apertura chiuso chiude chiudete chiusura ora",
        ),
        asks(ValueKind::Phone, "telefono telefonare chiamare"),
        asks(ValueKind::Email, "e-mail email mail posta"),
        asks(ValueKind::Place, "indirizzo trovate"),
        asks(ValueKind::Duration, "durata dura"),
        concept("reso resi restituire restituzione rimborso cambio"),
        concept("consegna consegne consegnate spedizione spedizioni spedite"),
        concept("pagare pagamento pagamenti"),
        concept("carta carte contanti"),
        concept("prenotare prenotazione prenotazioni appuntamento"),
        concept("annullare annullamento disdire disdetta"),
        concept("parcheggio parcheggiare"),
        concept("cane cani animali"),
        concept("garanzia garanzie"),
    ],
    phrases: &[
        ("quanto costa", ValueKind::Money),
        ("quanto tempo", ValueKind::Duration),
        ("quando", ValueKind::Time),
        ("che ora", ValueKind::Time),
        ("quanti", ValueKind::Number),
        ("quante", ValueKind::Number),
        ("dove", ValueKind::Place),
    ],
    soft: "bisogno comprare disponibile numero offrite possibile sapere trovare vendete vorrei",
    present: "oggi domani",
    back: "questo questa questi queste",
    days: [
        "lunedì lun",
        "martedì mar",
        "mercoledì mer",
        "giovedì gio",
        "venerdì ven",
        "sabato sab",
        "domenica dom",
    ],
    until: "a al",
};

const PORTUGUESE: Vocabulary = Vocabulary {
    concepts: &[
        asks(ValueKind::Money, "preço preços custa custam custo tarifa taxa"),
        asks(
            ValueKind::Time,
            "horário horários aberto aberta abre abrem abertura fecha fecham fechado hora horas",
        ),
        asks(ValueKind::Phone, "telefone ligar telemóvel celular"),
        asks(ValueKind::Email, "e-mail email correio"),
        asks(ValueKind::Place, "endereço morada localização ficam"),
        asks(ValueKind::Duration, "duração dura demora"),
        concept("devolução devolver devoluções reembolso troca trocar"),
        concept("entrega entregas entregam envio envios frete"),
        concept("pagar pagamento pagamentos"),
        concept("cartão cartões dinheiro"),
        concept("reservar reserva reservas marcação marcar consulta"),
        concept("cancelar cancelamento"),
        concept("estacionamento estacionar"),
        concept("cão cães cachorro animais"),
        concept("garantia garantias"),
    ],
    phrases: &[
        ("quanto custa", ValueKind::Money),
        ("quanto tempo", ValueKind::Duration),
        ("quando", ValueKind::Time),
        ("que horas", ValueKind::Time),
        ("quantos", ValueKind::Number),
        ("quantas", ValueKind::Number),
        ("onde", ValueKind::Place),
    ],
    soft: "comprar disponível encontrar gostaria número oferecem possível preciso quero saber vendem",
    present: "hoje amanhã",
    back: "ele ela eles elas isto",
    days: [
        "segunda segunda-feira seg",
        "terça terça-feira ter",
        "quarta quarta-feira qua",
        "quinta quinta-feira qui",
        "sexta sexta-feira sex",
        "sábado sábados sáb",
        "domingo domingos dom",
    ],
    until: "a à até",
};

const DUTCH: Vocabulary = Vocabulary {
    concepts: &[
        asks(ValueKind::Money, "prijs prijzen kost kosten tarief tarieven"),
        asks(
            ValueKind::Time,
            "openingstijden openingstijd open geopend opening sluit sluiten gesloten dicht laat tijd",
        ),
        asks(ValueKind::Phone, "telefoon telefoonnummer bellen"),
        asks(ValueKind::Email, "e-mail email mail"),
        asks(ValueKind::Place, "adres gevestigd locatie"),
        asks(ValueKind::Duration, "duur duurt lang"),
        concept("retour retourneren terugsturen ruilen terugbetaling"),
        concept("levering leveren bezorgen bezorging verzending verzendkosten levertijd"),
        concept("betalen betaling betaalmethoden"),
        concept("pinnen kaart contant pinpas"),
        concept("reserveren reservering boeken afspraak afspraken"),
        concept("annuleren annulering opzeggen"),
        concept("parkeren parkeerplaats parkeerplaatsen"),
        concept("hond honden huisdier huisdieren"),
        concept("garantie garanties"),
    ],
    phrases: &[
        ("hoeveel kost", ValueKind::Money),
        ("wat kost", ValueKind::Money),
        ("hoe duur", ValueKind::Money),
        ("hoe lang", ValueKind::Duration),
        ("hoelang", ValueKind::Duration),
        ("hoeveel", ValueKind::Number),
        ("wanneer", ValueKind::Time),
        ("hoe laat", ValueKind::Time),
        ("waar", ValueKind::Place),
    ],
    soft: "beschikbaar bieden graag kopen krijgen mogelijk nodig nummer verkopen vinden weten",
    present: "vandaag morgen",
    back: "het deze dit",
    days: [
        "maandag ma",
        "dinsdag di",
        "woensdag wo",
        "donderdag do",
        "vrijdag vr",
        "zaterdag za",
        "zondag zo",
    ],
    until: "tot t/m",
};
