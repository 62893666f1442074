//! A file's address is asked with an account's token only where it is Meta's, and a connection goes to public addresses alone.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use bootstrap::is_public;
use channel_meta::Media;
use channel_meta::probe::GraphAddress;

/// Hosts that Meta keeps files on, and what ends in one of them after a dot.
const METAS: [&str; 3] = ["fbsbx.com", "fbcdn.net", "whatsapp.net"];

/// What no server out there has, as address and length of prefix.
/// [IPv4](https://www.iana.org/assignments/iana-ipv4-special-registry), where no anycast service is left out;
/// 224.0.0.0/4 is [multicast](https://www.iana.org/assignments/multicast-addresses).
const SPECIAL_V4: [(Ipv4Addr, u32); 16] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
    (Ipv4Addr::new(255, 255, 255, 255), 32),
];

/// Within 2000::/3, outside of which there is no server. [IPv6](https://www.iana.org/assignments/iana-ipv6-special-registry).
const SPECIAL_V6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// As it is deployed: Graph is Meta's own.
static MEDIA: LazyLock<Media> = LazyLock::new(|| {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let base_url = "https://graph.facebook.com".to_owned();
    Media::new(reqwest::Client::new(), GraphAddress { base_url, version: "v25.0".to_owned() })
});

/// The input is the address, whole; and any 4 or 16 bytes of its start are an IP address in each spelling.
pub fn holds(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    permitted_is_metas(&text);
    if let Ok(address) = text.trim().parse::<IpAddr>() {
        public_is_nobodys_special(address);
    }
    if let Some(octets) = input.first_chunk::<4>() {
        let address = Ipv4Addr::from(*octets);
        public_is_nobodys_special(address.into());
        wrapped(address).map(IpAddr::from).into_iter().for_each(|address| assert!(!is_public(address), "{address}"));
        spelt(address).iter().for_each(|host| is_refused(host));
    }
    if let Some(octets) = input.first_chunk::<16>() {
        let address = Ipv6Addr::from(*octets);
        public_is_nobodys_special(address.into());
        is_refused(&format!("[{address}]"));
    }
}

/// Read by another parser, what is permitted is at one of Meta's hosts.
fn permitted_is_metas(text: &str) {
    let Ok(url) = MEDIA.permitted(text) else { return };
    // Graph's own origin has other ways to its files, and its own token is no secret to it.
    let origin = url.as_str().splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    let uri: http::Uri = origin.parse().unwrap_or_else(|why| panic!("{text:?} is {url}: {why}"));
    let host = uri.host().unwrap_or_default().to_owned();
    let metas = METAS.iter().any(|known| host == *known || host.ends_with(&format!(".{known}")));
    let shape = (uri.scheme_str(), uri.port_u16(), metas || host == "graph.facebook.com");
    assert_eq!(shape, (Some("https"), None, true), "{text:?} is {url}");
    let authority = uri.authority().map(http::uri::Authority::as_str);
    assert_eq!(authority, Some(&*host), "{text:?} tells a user's name");
}

fn is_refused(host: &str) {
    for address in [
        format!("https://{host}/"),
        format!("https://{host}/fbsbx.com"),
        format!("https://lookaside.fbsbx.com@{host}/"),
        format!("https://{host}?.fbsbx.com"),
        format!("https://{host}#.fbsbx.com"),
        format!("https://{host}\\.fbsbx.com"),
    ] {
        assert!(MEDIA.permitted(&address).is_err(), "{address}");
    }
}

fn public_is_nobodys_special(address: IpAddr) {
    let special = match address {
        IpAddr::V4(v4) => SPECIAL_V4.iter().any(|(net, length)| (v4.to_bits() ^ net.to_bits()) >> (32 - length) == 0),
        IpAddr::V6(v6) => {
            let within = |net: &Ipv6Addr, length: u32| (v6.to_bits() ^ net.to_bits()) >> (128 - length) == 0;
            !within(&Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3)
                || SPECIAL_V6.iter().any(|(net, length)| within(net, *length))
        }
    };
    assert_eq!(is_public(address), !special, "{address}");
}

/// IPv6 addresses that lead to an IPv4 address: mapped, compatible, NAT64, 6to4, Teredo.
fn wrapped(address: Ipv4Addr) -> [Ipv6Addr; 5] {
    let bits = u128::from(address.to_bits());
    let nat64 = Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0).to_bits();
    let teredo = Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0).to_bits();
    let [mapped, compatible] = [address.to_ipv6_mapped(), Ipv6Addr::from(bits)];
    [
        mapped,
        compatible,
        (nat64 | bits).into(),
        ((0x2002 << 112) | bits << 80).into(),
        (teredo | !bits & 0xffff_ffff).into(),
    ]
}

/// How an IPv4 address may be spelt in a URL: dotted, in one number, in octal, in hex, and within IPv6.
fn spelt(address: Ipv4Addr) -> Vec<String> {
    let (bits, [a, b, c, d]) = (address.to_bits(), address.octets());
    vec![
        address.to_string(),
        format!("{bits}"),
        format!("0x{bits:x}"),
        format!("0{bits:o}"),
        format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
        format!("0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}"),
        format!("{a}.{}", bits & 0xff_ffff),
        format!("{a}.{b}.{}", bits & 0xffff),
        format!("{address}."),
        format!("%{:02x}{}", address.to_string().as_bytes()[0], &address.to_string()[1..]),
        format!("[::ffff:{address}]"),
        format!("[{}]", address.to_ipv6_mapped()),
        format!("[64:ff9b::{address}]"),
    ]
}
