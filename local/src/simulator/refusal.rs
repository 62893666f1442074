//! How Graph says no. [Envelope](https://developers.facebook.com/docs/graph-api/guides/error-handling),
//! [WhatsApp's codes](https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes).

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why Graph does not do what it was asked. The fields are those of its `error` object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    status: StatusCode,
    code: u32,
    subcode: Option<u32>,
    message: &'static str,
    details: String,
    is_transient: bool,
}

impl Refusal {
    fn new(status: StatusCode, code: u32, message: &'static str) -> Self {
        Self { status, code, subcode: None, message, details: String::new(), is_transient: false }
    }

    pub(super) fn token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, 190, "Invalid OAuth access token - Cannot parse access token")
    }

    /// The number is not there, or the token is not its own: Graph does not tell which.
    pub(super) fn number() -> Self {
        let message =
            "Unsupported request. Object with this ID does not exist, or cannot be loaded due to missing permissions";
        Self { subcode: Some(33), ..Self::new(StatusCode::BAD_REQUEST, 100, message) }
    }

    pub(super) fn invalid(details: &str) -> Self {
        Self { details: details.to_owned(), ..Self::new(StatusCode::BAD_REQUEST, 100, "(#100) Invalid parameter") }
    }

    pub(super) fn missing(parameter: &str) -> Self {
        let details = format!("Parameter {parameter} is required");
        Self { details, ..Self::new(StatusCode::BAD_REQUEST, 131_008, "(#131008) Required parameter is missing") }
    }

    pub(super) fn value(details: &str) -> Self {
        let message = "(#131009) Parameter value is not valid";
        Self { details: details.to_owned(), ..Self::new(StatusCode::BAD_REQUEST, 131_009, message) }
    }

    pub(super) fn no_template() -> Self {
        let message = "(#132001) Template name does not exist in the translation";
        Self::new(StatusCode::NOT_FOUND, 132_001, message)
    }

    /// As many parameters as the template has places.
    pub(super) fn parameters(details: &str) -> Self {
        let message = "(#132000) Number of parameters does not match the expected number of params";
        Self { details: details.to_owned(), ..Self::new(StatusCode::BAD_REQUEST, 132_000, message) }
    }

    pub(super) fn parameter_format(details: &str) -> Self {
        let message = "(#132012) Parameter format does not match format in the created template";
        Self { details: details.to_owned(), ..Self::new(StatusCode::BAD_REQUEST, 132_012, message) }
    }

    /// A file that cannot be taken, or not be sent as what it is to be.
    pub(super) fn media(details: &str) -> Self {
        let message = "(#131053) Media upload error";
        Self { details: details.to_owned(), ..Self::new(StatusCode::BAD_REQUEST, 131_053, message) }
    }

    pub(super) fn client_secret() -> Self {
        Self::new(StatusCode::BAD_REQUEST, 1, "Error validating client secret.")
    }

    pub(super) fn no_code() -> Self {
        Self { subcode: Some(36_008), ..Self::new(StatusCode::BAD_REQUEST, 100, "Invalid verification code format.") }
    }

    pub(super) fn old_code() -> Self {
        Self {
            subcode: Some(36_007),
            ..Self::new(StatusCode::BAD_REQUEST, 100, "This authorization code has expired.")
        }
    }

    pub(super) fn used_code() -> Self {
        let message = "This authorization code has been used.";
        Self { subcode: Some(36_009), ..Self::new(StatusCode::BAD_REQUEST, 100, message) }
    }

    pub(super) fn pin() -> Self {
        Self::new(StatusCode::BAD_REQUEST, 133_005, "(#133005) Two step verification PIN Mismatch")
    }

    pub(super) fn not_registered() -> Self {
        Self::new(StatusCode::BAD_REQUEST, 133_010, "(#133010) Account not registered")
    }

    /// What a number has from before is given once.
    pub(super) fn asked_before() -> Self {
        let message = "(#2593107) Synchronization request limit exceeded";
        Self::new(StatusCode::BAD_REQUEST, 2_593_107, message)
    }

    /// And within a day of the signup.
    pub(super) fn asked_late() -> Self {
        let message = "(#2593108) Synchronization request made outside of the allowed time window";
        Self::new(StatusCode::BAD_REQUEST, 2_593_108, message)
    }

    pub(super) fn undeliverable() -> Self {
        Self::new(StatusCode::BAD_REQUEST, 131_026, "(#131026) Message undeliverable")
    }

    pub(super) fn too_fast() -> Self {
        let message = "(#130429) Rate limit hit";
        Self { is_transient: true, ..Self::new(StatusCode::TOO_MANY_REQUESTS, 130_429, message) }
    }

    pub(super) fn out_of_order() -> Self {
        let message = "(#131000) Something went wrong";
        Self { is_transient: true, ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, 131_000, message) }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut error = json!({
            "message": self.message, "type": "OAuthException", "code": self.code, "is_transient": self.is_transient,
            "fbtrace_id": "Simulated",
        });
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = json!(subcode);
        }
        if !self.details.is_empty() {
            error["error_data"] = json!({ "messaging_product": "whatsapp", "details": self.details });
        }
        (self.status, Json(json!({ "error": error }))).into_response()
    }
}
