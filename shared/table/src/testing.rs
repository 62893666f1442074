//! The two tables in memory, for storage tests: never a mock.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType,
};
use aws_smithy_http_client::Builder;
use domain::{IdKey, TenantCtx, TenantId, time::TimeScale};

use crate::{Meter, Tables, TablesConfig};

/// Tables on an emulator of their own, gone with it.
pub struct TestTables {
    pub tables: Tables,
    pub meter: Meter,
    /// The emulator's address, for other clients.
    pub endpoint: String,
    /// Without a guard.
    pub client: Client,
}

pub const TRUTH: &str = "truth";
pub const LIVE: &str = "live";

/// Two tenants: whatever is done for the first must leave the second alone.
pub fn two_tenants() -> [TenantCtx; 2] {
    [[1; 10], [2; 10]].map(|bytes| TenantCtx::of_session(TenantId::from_bytes(bytes)))
}

/// Starts an emulator in memory and creates both tables in it, as infra/template.yaml has them.
pub async fn start() -> TestTables {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let endpoint = format!("http://{}", listener.local_addr().expect("a bound socket has an address"));
    let database = dynoxide::Database::memory().expect("an empty database");
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    let client = client(&endpoint);
    create(&client).await.expect("both tables");
    let meter = Meter::default();
    let tables = Tables::new(TablesConfig {
        truth: TRUTH.to_owned(),
        live: LIVE.to_owned(),
        client: client.clone(),
        tenant_credentials: None,
        id_key: Some(IdKey::new(&[7; 32])),
        scale: TimeScale::REAL,
        seed: 1,
        meter: Some(meter.clone()),
    });
    TestTables { tables, meter, endpoint, client }
}

pub fn client(endpoint: &str) -> Client {
    let conf = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(endpoint)
        .http_client(Builder::new().build_http());
    Client::from_conf(conf.build())
}

/// What INBOX and OWNER project: what a row shows.
pub const PROJECTED: [&str; 15] = [
    "acct",
    "contact",
    "name",
    "avatar",
    "state",
    "owner",
    "unread",
    "last_at",
    "preview",
    "last_type",
    "last_dir",
    "seq",
    "window",
    "version",
    "rev",
];

async fn create(client: &Client) -> Result<(), aws_sdk_dynamodb::Error> {
    let text = ["pk", "sk", "i_pk", "o_pk", "l_sk", "d_pk", "d_sk"].map(attribute);
    let shown = Projection::builder().projection_type(ProjectionType::Include);
    let shown = shown.set_non_key_attributes(Some(PROJECTED.map(str::to_owned).to_vec())).build();
    let keys_only = Projection::builder().projection_type(ProjectionType::KeysOnly).build();
    let truth = client.create_table().table_name(TRUTH).billing_mode(BillingMode::PayPerRequest);
    let truth = truth.set_attribute_definitions(Some(text.to_vec())).set_key_schema(Some(schema("pk", "sk")));
    let truth = truth.global_secondary_indexes(index("INBOX", "i_pk", "l_sk", shown.clone()));
    let truth = truth.global_secondary_indexes(index("OWNER", "o_pk", "l_sk", shown));
    truth.global_secondary_indexes(index("DUE", "d_pk", "d_sk", keys_only)).send().await?;
    let live = client.create_table().table_name(LIVE).billing_mode(BillingMode::PayPerRequest);
    let live = live.set_attribute_definitions(Some(["pk", "sk"].map(attribute).to_vec()));
    live.set_key_schema(Some(schema("pk", "sk"))).send().await?;
    Ok(())
}

fn attribute(name: &str) -> AttributeDefinition {
    let text = AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S);
    text.build().expect("a name and a type")
}

fn schema(pk: &str, sk: &str) -> Vec<KeySchemaElement> {
    let part = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
    vec![part(pk, KeyType::Hash).expect("a name and a kind"), part(sk, KeyType::Range).expect("a name and a kind")]
}

fn index(name: &str, pk: &str, sk: &str, projection: Projection) -> GlobalSecondaryIndex {
    let index = GlobalSecondaryIndex::builder().index_name(name).set_key_schema(Some(schema(pk, sk)));
    index.projection(projection).build().expect("a name and keys")
}
