//! S3: one bucket, of which the functions put, get, list and delete.

use std::collections::BTreeMap;

use crate::seam::{Answer, Call};

#[derive(Default)]
pub struct Bucket {
    pub objects: BTreeMap<String, Vec<u8>>,
    /// Bodies that were ever put under `spill/`.
    pub spilled: Vec<Vec<u8>>,
    /// What Lambda ever left here of a stream.
    pub given_up: Vec<String>,
}

impl Bucket {
    /// Lambda leaves a batch that a function gave up.
    pub fn leave(&mut self, place: &str, note: String) {
        self.given_up.push(note.clone());
        self.objects.insert(format!("aws/lambda/{place}"), note.into_bytes());
    }

    /// Whether anything lies here that `sweep` is to take up.
    pub fn holds_work(&self) -> bool {
        self.objects.keys().any(|key| key.starts_with("spill/") || key.starts_with("aws/lambda/"))
    }

    pub fn perform(&mut self, call: &Call) -> Answer {
        let (path, query) = call.path.split_once('?').unwrap_or((&call.path, ""));
        // Path style: /bucket/key.
        let key = path.trim_start_matches('/').split_once('/').map_or("", |(_, key)| key).replace("%2F", "/");
        match call.action.as_str() {
            "Put" => {
                if key.starts_with("spill/") {
                    self.spilled.push(call.body.clone());
                }
                self.objects.insert(key, call.body.clone());
                Answer::text(200, "")
            }
            "Get" => match self.objects.get(&key) {
                Some(body) => Answer::text(200, body.clone()),
                None => Answer::error(call.service, 404, "NoSuchKey"),
            },
            "Delete" => {
                self.objects.remove(&key);
                Answer::text(204, "")
            }
            "ListObjectsV2" => self.list(query),
            other => unreachable!("the bucket plays no {other}"),
        }
    }

    fn list(&self, query: &str) -> Answer {
        let prefix = query.split('&').find_map(|p| p.strip_prefix("prefix=")).unwrap_or("").replace("%2F", "/");
        let found = self.objects.keys().filter(|key| key.starts_with(&prefix)).take(100);
        let contents: String = found.map(|key| format!("<Contents><Key>{key}</Key></Contents>")).collect();
        Answer::text(200, format!("<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>"))
    }
}
