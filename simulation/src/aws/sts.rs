//! STS: sessions that carry a tenant. The access key names it, so that the tables know whose session asks.

use crate::seam::{Answer, Call};

/// How long a session lasts, in milliseconds: 15 minutes.
const LIFE: i64 = 900_000;

/// `AssumeRole`.
pub fn assume_role(call: &Call, now: i64) -> Answer {
    let form = String::from_utf8_lossy(&call.body).into_owned();
    let tenant = form.split('&').find_map(|p| p.strip_prefix("Tags.member.1.Value=")).unwrap_or_default();
    let until = domain::Timestamp::from_millis(now + LIFE);
    Answer::text(
        200,
        format!(
            "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>\
             <AccessKeyId>TENANT{tenant}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
             <Expiration>{until}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
        ),
    )
}
