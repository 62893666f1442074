//! The web app's response headers, read from CloudFront's policy: what AWS adds, the laptop adds.

use serde_json::Value;

use super::{Refusal, Resources};

/// Headers of every `ResponseHeadersPolicy` that a distribution's default behaviour could name.
pub(super) fn app_headers(resources: &Resources) -> Result<Vec<(String, String)>, Refusal> {
    let mut headers = Vec::new();
    for resource in resources.of("AWS::CloudFront::ResponseHeadersPolicy") {
        let policy = &resource.properties["ResponseHeadersPolicyConfig"];
        security(&policy["SecurityHeadersConfig"], &mut headers);
        for item in policy["CustomHeadersConfig"]["Items"].as_array().into_iter().flatten() {
            if let (Some(name), Some(value)) = (item["Header"].as_str(), item["Value"].as_str()) {
                headers.push((name.to_lowercase(), value.to_owned()));
            }
        }
    }
    headers.dedup_by(|later, earlier| later.0 == earlier.0);
    Ok(headers)
}

/// [SecurityHeadersConfig](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-cloudfront-responseheaderspolicy-securityheadersconfig.html).
fn security(config: &Value, headers: &mut Vec<(String, String)>) {
    let mut add = |name: &str, value: Option<String>| headers.extend(value.map(|value| (name.to_owned(), value)));
    let text = |section: &str, name: &str| config[section][name].as_str().map(str::to_owned);
    add("content-security-policy", text("ContentSecurityPolicy", "ContentSecurityPolicy"));
    add("x-frame-options", text("FrameOptions", "FrameOption"));
    add("referrer-policy", text("ReferrerPolicy", "ReferrerPolicy"));
    add("x-content-type-options", config.get("ContentTypeOptions").map(|_| "nosniff".to_owned()));
    // `StrictTransportSecurity` is left out: over plain HTTP a browser must ignore it (RFC 6797 §8.1).
    let protection = config.get("XSSProtection").map(|stated| match super::store::is_true(&stated["Protection"]) {
        true if super::store::is_true(&stated["ModeBlock"]) => "1; mode=block".to_owned(),
        true => "1".to_owned(),
        false => "0".to_owned(),
    });
    add("x-xss-protection", protection);
}
