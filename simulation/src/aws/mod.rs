//! What plays AWS: doubles that do what the services allow, in one process and in virtual time.

pub mod connections;
pub mod dynamodb;
pub mod s3;
pub mod secrets;
pub mod sqs;
pub mod sts;
