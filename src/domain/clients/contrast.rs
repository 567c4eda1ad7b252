//! Contrast of colours by WCAG 2.2 (success criteria 1.4.3 and 1.4.11), and the nearest colour that has enough.
//!
//! "Nearest" is the smallest change of lightness in Oklab, hue and chroma kept (Björn Ottosson, "A perceptual
//! color space for image processing", 2020). Pure.

/// Text needs this ratio to what it stands on (1.4.3, level AA).
pub const TEXT_CONTRAST_MIN: f64 = 4.5;
/// Buttons and other shapes need this ratio to what they stand on (1.4.11, level AA).
pub const SHAPE_CONTRAST_MIN: f64 = 3.0;

/// Steps of lightness in the search; finer than 8 bits of a channel.
const LIGHTNESS_STEPS: u16 = 512;

/// A colour of sRGB, 0 to 255 per channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb {
    pub red: u8,
    pub green: u8,
    pub blue: u8,
}

/// What a colour stands on or beside, and the ratio that it needs to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Demand {
    pub against: Rgb,
    pub ratio_min: f64,
}

impl Demand {
    pub fn is_met_by(&self, color: Rgb) -> bool {
        ratio(color, self.against) >= self.ratio_min
    }
}

/// The contrast ratio, 1 to 21.
pub fn ratio(left: Rgb, right: Rgb) -> f64 {
    let (left, right) = (luminance(left), luminance(right));
    (left.max(right) + 0.05) / (left.min(right) + 0.05)
}

/// The colour that meets every demand and is nearest to this one; None where no lightness does.
pub fn nearest(color: Rgb, demands: &[Demand]) -> Option<Rgb> {
    let lab = Oklab::of(color);
    let step = |number: u16| f64::from(number) / f64::from(LIGHTNESS_STEPS);
    let shifted = (0..=LIGHTNESS_STEPS).flat_map(|number| [step(number), -step(number)]);
    shifted
        .map(|shift| Oklab { lightness: lab.lightness + shift, ..lab }.to_rgb())
        .find(|candidate| demands.iter().all(|demand| demand.is_met_by(*candidate)))
}

fn luminance(color: Rgb) -> f64 {
    let [red, green, blue] = linear(color);
    0.0722f64.mul_add(blue, 0.2126f64.mul_add(red, 0.7152 * green))
}

fn linear(color: Rgb) -> [f64; 3] {
    [color.red, color.green, color.blue].map(|channel| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    })
}

/// A colour as lightness (0 to 1) and two opponent axes.
#[derive(Debug, Clone, Copy)]
struct Oklab {
    lightness: f64,
    a: f64,
    b: f64,
}

impl Oklab {
    fn of(color: Rgb) -> Self {
        let [red, green, blue] = linear(color);
        let long = (0.412_221_470_8 * red + 0.536_332_536_3 * green + 0.051_445_992_9 * blue).cbrt();
        let middle = (0.211_903_498_2 * red + 0.680_699_545_1 * green + 0.107_396_956_6 * blue).cbrt();
        let short = (0.088_302_461_9 * red + 0.281_718_837_6 * green + 0.629_978_700_5 * blue).cbrt();
        Self {
            lightness: 0.210_454_255_3 * long + 0.793_617_785_0 * middle - 0.004_072_046_8 * short,
            a: 1.977_998_495_1 * long - 2.428_592_205_0 * middle + 0.450_593_709_9 * short,
            b: 0.025_904_037_1 * long + 0.782_771_766_2 * middle - 0.808_675_766_0 * short,
        }
    }

    /// The nearest colour that a screen shows: channels beyond the gamut are cut.
    fn to_rgb(self) -> Rgb {
        let cube = |value: f64| value * value * value;
        let long = cube(self.lightness + 0.396_337_777_4 * self.a + 0.215_803_757_3 * self.b);
        let middle = cube(self.lightness - 0.105_561_345_8 * self.a - 0.063_854_172_8 * self.b);
        let short = cube(self.lightness - 0.089_484_177_5 * self.a - 1.291_485_548_0 * self.b);
        Rgb {
            red: channel(4.076_741_662_1 * long - 3.307_711_591_3 * middle + 0.230_969_929_2 * short),
            green: channel(-1.268_438_004_6 * long + 2.609_757_401_1 * middle - 0.341_319_396_5 * short),
            blue: channel(-0.004_196_086_3 * long - 0.703_418_614_7 * middle + 1.707_614_701_0 * short),
        }
    }
}

/// A linear share of light as a channel of sRGB.
fn channel(linear: f64) -> u8 {
    let linear = linear.clamp(0.0, 1.0);
    let share = if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 255")]
    let channel = (share * 255.0).round().clamp(0.0, 255.0) as u8;
    channel
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHITE: Rgb = Rgb { red: 255, green: 255, blue: 255 };
    const BLACK: Rgb = Rgb { red: 0, green: 0, blue: 0 };

    fn gray(level: u8) -> Rgb {
        Rgb { red: level, green: level, blue: level }
    }

    // CHT-33
    #[test]
    fn ratios_are_those_of_the_recommendation() {
        assert!((ratio(WHITE, BLACK) - 21.0).abs() < 1e-9);
        assert!((ratio(gray(0x77), WHITE) - 4.48).abs() < 0.005);
        assert!((ratio(gray(0x76), WHITE) - 4.54).abs() < 0.005);
        assert!((ratio(BLACK, BLACK) - 1.0).abs() < 1e-9);
    }

    // CHT-33
    #[test]
    fn the_nearest_gray_is_the_very_next_one() {
        let demand = Demand { against: WHITE, ratio_min: TEXT_CONTRAST_MIN };

        assert_eq!(nearest(gray(0x77), &[demand]), Some(gray(0x76)));
        assert_eq!(nearest(gray(0x76), &[demand]), Some(gray(0x76)), "what passes stays");
    }

    // CHT-33
    #[test]
    fn a_nearest_colour_keeps_its_hue_and_passes() {
        let yellow = Rgb { red: 255, green: 212, blue: 0 };
        let demand = Demand { against: WHITE, ratio_min: SHAPE_CONTRAST_MIN };

        let found = nearest(yellow, &[demand]).unwrap();

        assert!(demand.is_met_by(found));
        assert!(found.red > found.green && found.green > found.blue, "{found:?} is still a dark yellow");
    }

    // CHT-33
    #[test]
    fn two_surfaces_that_leave_no_room_have_no_nearest_colour() {
        let on = |against| Demand { against, ratio_min: TEXT_CONTRAST_MIN };

        assert!(nearest(gray(0x80), &[on(WHITE), on(BLACK)]).is_some(), "#757575 passes on both");
        assert_eq!(nearest(gray(0x80), &[on(WHITE), on(gray(0x40))]), None);
    }
}
