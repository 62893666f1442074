//! The addresses of a system, each taken before anything is told of it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use tokio::net::TcpListener;

use crate::start_error::StartError;

/// Where everything is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// App, API, webhooks: `http://127.0.0.1:8787`.
    pub gateway: String,
    /// What clients connect to: `ws://127.0.0.1:8787/ws`.
    pub ws_url: String,
    /// The `@connections` management API.
    pub management: String,
    pub dynamodb: String,
    pub sqs: String,
    pub s3: String,
    pub secrets_manager: String,
    pub sts: String,
}

pub(crate) struct Ports {
    pub(crate) gateway: TcpListener,
    pub(crate) management: TcpListener,
    pub(crate) runtime: TcpListener,
    /// DynamoDB, SQS, S3, Secrets Manager, STS.
    pub(crate) services: [TcpListener; 5],
}

impl Ports {
    pub(crate) async fn bind(listen: SocketAddr) -> Result<Self, StartError> {
        Ok(Self {
            gateway: bind(listen).await?,
            management: own_port().await?,
            runtime: own_port().await?,
            services: [own_port().await?, own_port().await?, own_port().await?, own_port().await?, own_port().await?],
        })
    }

    pub(crate) fn endpoints(&self) -> std::io::Result<Endpoints> {
        let url = |listener: &TcpListener| listener.local_addr().map(|address| format!("http://{address}"));
        let mut gateway = self.gateway.local_addr()?;
        if gateway.ip().is_unspecified() {
            gateway.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
        }
        let [dynamodb, sqs, s3, secrets_manager, sts] = &self.services;
        Ok(Endpoints {
            gateway: format!("http://{gateway}"),
            ws_url: format!("ws://{gateway}/ws"),
            management: url(&self.management)?,
            dynamodb: url(dynamodb)?,
            sqs: url(sqs)?,
            s3: url(s3)?,
            secrets_manager: url(secrets_manager)?,
            sts: url(sts)?,
        })
    }
}

async fn own_port() -> Result<TcpListener, StartError> {
    bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await
}

async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|fault| StartError::Listen(address, fault))
}
