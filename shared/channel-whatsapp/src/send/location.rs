//! A place: [Location messages](https://developers.facebook.com/docs/whatsapp/cloud-api/messages/location-messages).

use channel::Invalid;
use domain::body::Location;
use serde_json::{Value, json};

use super::limits::{filled_if, invalid};

/// Longest name or address that we pass on, in characters.
const WORDS_MAX: usize = 1_000;

pub(crate) fn payload(place: &Location) -> Value {
    let mut payload = json!({ "latitude": place.latitude, "longitude": place.longitude });
    for (field, words) in [("name", &place.name), ("address", &place.address)] {
        if let Some(words) = words {
            payload[field] = json!(words);
        }
    }
    payload
}

pub(crate) fn check(place: &Location) -> Result<(), Invalid> {
    let within = |field: &str, degrees: f64, max: f64| {
        let says = format!("Degrees from -{max} to {max}.");
        if degrees.abs() <= max { Ok(()) } else { Err(invalid(field, "invalid", says)) }
    };
    within("latitude", place.latitude.into(), 90.0)?;
    within("longitude", place.longitude.into(), 180.0)?;
    filled_if("name", place.name.as_deref(), WORDS_MAX)?;
    filled_if("address", place.address.as_deref(), WORDS_MAX)
}

#[cfg(test)]
mod tests {
    use domain::body::Degrees;

    use super::*;

    fn place(latitude: f64, longitude: f64, name: Option<&str>) -> Location {
        let degrees = |d: f64| Degrees::try_from(d).unwrap();
        let (latitude, longitude) = (degrees(latitude), degrees(longitude));
        Location { latitude, longitude, name: name.map(str::to_owned), address: None, url: None }
    }

    #[test]
    fn a_place_is_on_the_earth_and_may_have_a_name() {
        assert_eq!(payload(&place(35.5, 139.25, None)), json!({ "latitude": 35.5, "longitude": 139.25 }));
        let named = json!({ "latitude": -90.0, "longitude": 180.0, "name": "Shop" });
        assert_eq!(payload(&place(-90.0, 180.0, Some("Shop"))), named);
        for (place, field) in [
            (place(-90.0, 180.0, Some("Shop")), None),
            (place(90.1, 0.0, None), Some("latitude")),
            (place(0.0, -180.1, None), Some("longitude")),
            (place(0.0, 0.0, Some(" ")), Some("name")),
        ] {
            assert_eq!(check(&place).err().map(|why| why.field).as_deref(), field, "{place:?}");
        }
    }
}
