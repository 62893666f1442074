//! Why Graph did not do what an admin asked of it, by what to do next.

use serde::de::DeserializeOwned;

use crate::{GraphError, Reply};

/// Why Graph did not do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotDone {
    /// The access token is not, or no longer, good.
    Token,
    /// Nobody could tell, or it asks us to wait: worth another try. One sentence for the log.
    Unreachable(String),
    /// It says why not.
    Refused {
        code: i64,
        /// In Graph's words, for a person.
        said: String,
    },
}

/// Codes of a Graph that asks us to wait, whatever it was asked.
/// [Limits](https://developers.facebook.com/docs/graph-api/overview/rate-limiting#error-codes).
const SLOWER: [i64; 6] = [4, 17, 32, 613, 80_007, 80_008];

/// The JSON of an answer, or why there is none.
pub fn read<T: DeserializeOwned>(reply: Reply) -> Result<T, NotDone> {
    match reply {
        Reply::Done(body) => serde_json::from_slice(&body)
            .map_err(|_| NotDone::Unreachable("Graph's answer could not be read".to_owned())),
        Reply::Refused(status, error) => Err(refused(status.as_u16(), error)),
        Reply::Rejected(status) if status == 401 => Err(NotDone::Token),
        Reply::Rejected(status) => Err(NotDone::Unreachable(format!("answered {status}"))),
        Reply::NotSent(why) | Reply::Unknown(why) => Err(NotDone::Unreachable(why)),
    }
}

fn refused(status: u16, error: GraphError) -> NotDone {
    match error.code {
        0 | 190 => NotDone::Token,
        code if SLOWER.contains(&code) || status == 429 => NotDone::Unreachable("Graph asks us to wait".to_owned()),
        code if error.is_transient || status >= 500 => NotDone::Unreachable(format!("code {code}")),
        code => {
            let said = [error.error_user_msg, error.error_data.and_then(|data| data.details), Some(error.message)];
            NotDone::Refused {
                code,
                said: said.into_iter().flatten().find(|said| !said.is_empty()).unwrap_or_default(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_refusal_says_whether_another_try_may_help() {
        let waits = |why: &str| NotDone::Unreachable(why.to_owned());
        let said = |code| NotDone::Refused { code, said: "no".to_owned() };
        for (status, code, is_transient, expected) in [
            (400, 190, false, NotDone::Token),
            (400, 80_008, false, waits("Graph asks us to wait")),
            (429, 1, false, waits("Graph asks us to wait")),
            (400, 2, true, waits("code 2")),
            (500, 1, false, waits("code 1")),
            (400, 100, false, said(100)),
        ] {
            let error = GraphError { code, is_transient, message: "no".to_owned(), ..GraphError::default() };
            let reply = Reply::Refused(StatusCode::from_u16(status).unwrap(), error);
            assert_eq!(read::<Value>(reply), Err(expected), "{status} {code}");
        }
        assert_eq!(read::<Value>(Reply::Rejected(StatusCode::UNAUTHORIZED)), Err(NotDone::Token));
        assert_eq!(read::<Value>(Reply::Done(b"{}".to_vec())), Ok(serde_json::json!({})));
    }
}
