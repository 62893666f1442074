//! S3 as the real SDK and a browser meet it: what the media path relies on, presigned links above all.

#![allow(clippy::unwrap_used, reason = "what a test expects is there, or the test fails")]

mod conformance;

use std::time::{Duration, UNIX_EPOCH};

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Region, retry::RetryConfig};
use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart, Delete, ObjectIdentifier};
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioExecutor;
use local::aws::{Data, Now, s3, sts};

use conformance::{Clock, Folder, code, http, serve};

const BUCKET: &str = "switchboard-media";

/// A service with one bucket in it, and a client with a session of its own.
struct Stage {
    s3: s3::S3,
    client: Client,
    url: String,
    _folder: Folder,
}

impl Stage {
    async fn new(name: &str) -> Self {
        let folder = Folder::new(&format!("s3-{name}"));
        let data = Data::Dir(folder.path().to_owned());
        let (issuer, session) = session(&data, Clock::standing().now());
        let s3 = s3::S3::open(&data, issuer).unwrap();
        s3.create_bucket(BUCKET).unwrap();
        let url = serve(s3.router()).await;
        Self { client: client(&url, session), s3, url, _folder: folder }
    }

    async fn put(&self, key: &str, body: &'static [u8]) {
        self.client.put_object().bucket(BUCKET).key(key).body(ByteStream::from_static(body)).send().await.unwrap();
    }

    async fn get(&self, key: &str) -> Result<Vec<u8>, String> {
        match self.client.get_object().bucket(BUCKET).key(key).send().await {
            Ok(object) => Ok(object.body.collect().await.unwrap().to_vec()),
            refused => Err(code!(refused).unwrap_or_default()),
        }
    }

    async fn keys(&self, prefix: &str) -> Vec<String> {
        let listed = self.client.list_objects_v2().bucket(BUCKET).prefix(prefix).send().await.unwrap();
        listed.contents().iter().map(|o| o.key().unwrap().to_owned()).collect()
    }
}

fn session(data: &Data, now: Now) -> (sts::Sts, aws_credential_types::Credentials) {
    let issuer = sts::Sts::open(data, now).unwrap();
    let issued = issuer.issue("arn:aws:iam::000000000000:role/api", Default::default(), Duration::from_secs(3_600));
    let token = Some(issued.session_token);
    (
        issuer,
        aws_credential_types::Credentials::new(issued.access_key_id, issued.secret_access_key, token, None, "test"),
    )
}

fn client(url: &str, credentials: aws_credential_types::Credentials) -> Client {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(credentials)
        .http_client(http())
        .retry_config(RetryConfig::disabled())
        .endpoint_url(url);
    Client::from_conf(config.build())
}

/// What a browser gets, without any credentials of its own.
async fn fetch(method: &str, uri: &str, headers: &[(&str, &str)], body: &'static str) -> (u16, String) {
    let browser = hyper_util::client::legacy::Client::builder(TokioExecutor::new()).build_http();
    let request =
        headers.iter().fold(Request::builder().method(method).uri(uri), |r, (name, value)| r.header(*name, *value));
    let answer = browser.request(request.body(Full::new(Bytes::from(body))).unwrap()).await.unwrap();
    let status = answer.status().as_u16();
    (status, String::from_utf8(answer.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap())
}

/// Follows a link, with the headers that it was made for.
async fn follow(link: &PresignedRequest, uri: &str, body: &'static str) -> (u16, String) {
    fetch(link.method(), uri, &link.headers().collect::<Vec<_>>(), body).await
}

fn for_a_minute() -> PresigningConfig {
    PresigningConfig::expires_in(Duration::from_secs(60)).unwrap()
}

#[tokio::test]
async fn an_object_comes_out_as_it_went_in() {
    let stage = Stage::new("object").await;
    let put = stage.client.put_object().bucket(BUCKET).key("t/t1/photo ก.jpg").content_type("image/jpeg");
    let put = put.metadata("sha256", "abc").body(ByteStream::from_static(b"0123456789"));
    let etag = put.send().await.unwrap().e_tag.unwrap();
    let got = stage.client.get_object().bucket(BUCKET).key("t/t1/photo ก.jpg").send().await.unwrap();
    let metadata = got.metadata().and_then(|m| m.get("sha256")).cloned();
    assert_eq!(
        (got.content_type(), metadata.as_deref(), got.e_tag()),
        (Some("image/jpeg"), Some("abc"), Some(etag.as_str()))
    );
    assert_eq!(got.body.collect().await.unwrap().to_vec(), b"0123456789");
    let head = stage.client.head_object().bucket(BUCKET).key("t/t1/photo ก.jpg").send().await.unwrap();
    assert_eq!((head.content_length(), head.content_type()), (Some(10), Some("image/jpeg")));
}

#[tokio::test]
async fn a_part_of_an_object_can_be_had() {
    let stage = Stage::new("range").await;
    stage.put("video", b"0123456789").await;
    let part = stage.client.get_object().bucket(BUCKET).key("video").range("bytes=2-4").send().await.unwrap();
    assert_eq!((part.content_range(), part.content_length()), (Some("bytes 2-4/10"), Some(3)));
    assert_eq!(part.body.collect().await.unwrap().to_vec(), b"234");
}

#[tokio::test]
async fn what_is_not_there_is_said_to_be_missing() {
    let stage = Stage::new("missing").await;
    assert_eq!(stage.get("nothing").await, Err("NoSuchKey".to_owned()));
    let elsewhere = stage.client.list_objects_v2().bucket("nowhere").send().await;
    assert_eq!(code!(elsewhere).as_deref(), Some("NoSuchBucket"));
    let head = stage.client.head_object().bucket(BUCKET).key("nothing").send().await.unwrap_err().into_service_error();
    assert!(head.is_not_found(), "{head:?}");
}

#[tokio::test]
async fn an_object_is_not_written_over_when_it_must_be_new() {
    let stage = Stage::new("new").await;
    let put = |body: &'static [u8]| {
        let put = stage.client.put_object().bucket(BUCKET).key("claim").if_none_match("*");
        put.body(ByteStream::from_static(body)).send()
    };
    put(b"first").await.unwrap();
    assert_eq!(code!(put(b"second").await).as_deref(), Some("PreconditionFailed"));
    assert_eq!(stage.get("claim").await, Ok(b"first".to_vec()));
}

#[tokio::test]
async fn objects_are_listed_by_prefix_page_by_page() {
    let stage = Stage::new("list").await;
    for key in ["spill/1", "spill/2", "spill/3", "claims/1"] {
        stage.put(key, b"x").await;
    }
    assert_eq!(stage.keys("spill/").await, ["spill/1", "spill/2", "spill/3"]);
    let page = |token: Option<String>| {
        let list = stage.client.list_objects_v2().bucket(BUCKET).prefix("spill/").max_keys(2);
        list.set_continuation_token(token).send()
    };
    let first = page(None).await.unwrap();
    assert_eq!((first.contents().len(), first.is_truncated()), (2, Some(true)));
    let second = page(first.next_continuation_token).await.unwrap();
    let rest: Vec<_> = second.contents().iter().filter_map(|o| o.key()).collect();
    assert_eq!((rest, second.is_truncated()), (vec!["spill/3"], Some(false)));
    let folders = stage.client.list_objects_v2().bucket(BUCKET).delimiter("/").send().await.unwrap();
    let folders: Vec<_> = folders.common_prefixes().iter().filter_map(|p| p.prefix()).collect();
    assert_eq!(folders, ["claims/", "spill/"]);
}

#[tokio::test]
async fn an_object_can_be_copied_and_deleted() {
    let stage = Stage::new("copy").await;
    stage.put("a", b"x").await;
    let copy = stage.client.copy_object().copy_source(format!("{BUCKET}/a")).bucket(BUCKET).key("b");
    copy.send().await.unwrap();
    assert_eq!(stage.get("b").await, Ok(b"x".to_vec()));
    stage.client.delete_object().bucket(BUCKET).key("a").send().await.unwrap();
    // Deleting what is gone is no error.
    stage.client.delete_object().bucket(BUCKET).key("a").send().await.unwrap();
    let named = |key: &str| ObjectIdentifier::builder().key(key).build().unwrap();
    let both = Delete::builder().objects(named("a")).objects(named("b")).build().unwrap();
    stage.client.delete_objects().bucket(BUCKET).delete(both).send().await.unwrap();
    assert_eq!(stage.keys("").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_large_object_is_put_together_of_parts() {
    let stage = Stage::new("multipart").await;
    let part: &'static [u8] = Box::leak(vec![b'x'; 5 * 1024 * 1024].into_boxed_slice());
    let started = stage.client.create_multipart_upload().bucket(BUCKET).key("video").content_type("video/mp4");
    let upload = started.send().await.unwrap().upload_id.unwrap();
    let mut parts = CompletedMultipartUpload::builder();
    for number in 1..=2 {
        let put = stage.client.upload_part().bucket(BUCKET).key("video").upload_id(&upload).part_number(number);
        let etag = put.body(ByteStream::from_static(part)).send().await.unwrap().e_tag;
        parts = parts.parts(CompletedPart::builder().part_number(number).set_e_tag(etag).build());
    }
    let complete = stage.client.complete_multipart_upload().bucket(BUCKET).key("video").upload_id(&upload);
    complete.multipart_upload(parts.build()).send().await.unwrap();
    let head = stage.client.head_object().bucket(BUCKET).key("video").send().await.unwrap();
    assert_eq!((head.content_length(), head.content_type()), (Some(10 * 1024 * 1024), Some("video/mp4")));
}

#[tokio::test]
async fn a_link_to_read_works_until_it_is_touched_or_old() {
    let stage = Stage::new("link").await;
    stage.put("a", b"hello").await;
    stage.put("b", b"secret").await;
    let get = |key: &str| stage.client.get_object().bucket(BUCKET).key(key);
    let link = get("a").presigned(for_a_minute()).await.unwrap();
    assert_eq!(follow(&link, link.uri(), "").await, (200, "hello".to_owned()));
    let elsewhere = link.uri().replace("/a?", "/b?");
    assert_eq!(follow(&link, &elsewhere, "").await.0, 403);
    let long_ago = UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let old = PresigningConfig::builder().start_time(long_ago).expires_in(Duration::from_secs(60)).build().unwrap();
    let old = get("a").presigned(old).await.unwrap();
    assert_eq!(follow(&old, old.uri(), "").await.0, 403);
}

#[tokio::test]
async fn a_link_to_write_takes_the_type_that_it_was_made_for() {
    let stage = Stage::new("upload").await;
    let put = stage.client.put_object().bucket(BUCKET).key("a").content_type("image/jpeg");
    let link = put.presigned(for_a_minute()).await.unwrap();
    let other = fetch("PUT", link.uri(), &[("content-type", "text/html")], "not a picture").await;
    assert_eq!(other.0, 403);
    assert_eq!(follow(&link, link.uri(), "a picture").await.0, 200);
    assert_eq!(stage.get("a").await, Ok(b"a picture".to_vec()));
}

#[tokio::test]
async fn a_stranger_gets_nothing() {
    let stage = Stage::new("stranger").await;
    stage.put("a", b"x").await;
    let stranger = client(&stage.url, conformance::credentials());
    let refused = stranger.get_object().bucket(BUCKET).key("a").send().await;
    assert_eq!(code!(refused).as_deref(), Some("InvalidAccessKeyId"));
    assert_eq!(fetch("GET", &format!("{}/{BUCKET}/a", stage.url), &[], "").await.0, 403);
}

#[tokio::test]
async fn what_the_host_puts_is_an_object_like_any() {
    let stage = Stage::new("host").await;
    stage.s3.put(BUCKET, "aws/lambda/relay/shard/1", b"{}".to_vec()).await.unwrap();
    assert_eq!(stage.get("aws/lambda/relay/shard/1").await, Ok(b"{}".to_vec()));
    assert_eq!(stage.keys("aws/").await, ["aws/lambda/relay/shard/1"]);
    stage.client.head_bucket().bucket(BUCKET).send().await.unwrap();
}

#[tokio::test]
async fn an_object_outlives_the_process() {
    let folder = Folder::new("s3-restart");
    let data = Data::Dir(folder.path().to_owned());
    let open = async || {
        let (issuer, session) = session(&data, Clock::standing().now());
        let s3 = s3::S3::open(&data, issuer).unwrap();
        s3.create_bucket(BUCKET).unwrap();
        client(&serve(s3.router()).await, session)
    };
    let before = open().await;
    let put = before.put_object().bucket(BUCKET).key("a").content_type("text/plain");
    put.body(ByteStream::from_static(b"x")).send().await.unwrap();
    let after = open().await;
    let got = after.get_object().bucket(BUCKET).key("a").send().await.unwrap();
    assert_eq!((got.content_type(), got.content_length()), (Some("text/plain"), Some(1)));
}
