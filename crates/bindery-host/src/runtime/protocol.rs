//! Plugin protocol: one JSON object per line, in both directions.
//!
//! A line with `method` and `id` is a request; its response has the same `id` and a `result` or an `error`. A line with `method` and
//! without `id` is a notification. The host sends the requests `open`, `bind` and `call`; the plugin sends the requests `cluster`,
//! `credential`, `cancelled`, `cache_folder` and `call`, and the notifications `log`, `print` and `progress`. All have the meaning of
//! the functions in `bindery-abi`. The host writes the members of a line in the order `id`, `method`, `params`.

use bindery_abi::stable::RVec;
use bindery_abi::{Answer, Request};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::failure::WireFailure;

/// Version of the protocol, a parameter of `open`.
pub(crate) const VERSION: u32 = 1;

/// Line of the protocol: request, notification or response.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Message {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub params: Option<Json>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub result: Option<Json>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<WireFailure>,
}

/// Reads a result of `null` as present.
fn present<'de, D: serde::Deserializer<'de>>(json: D) -> Result<Option<Json>, D::Error> {
    Json::deserialize(json).map(Some)
}

/// Ref to bind.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct WireRequest {
    pub binder: String,
    pub address: String,
    pub parts: Vec<String>,
    pub cluster: Option<String>,
}

/// Parameters of `bind`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct WireBatch {
    pub requests: Vec<WireRequest>,
}

/// Result of `bind`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct WireAnswers {
    pub answers: Vec<WireAnswer>,
}

/// Answer to a ref: a value or an error.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct WireAnswer {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Json>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Json>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<WireFailure>,
}

/// Parameters of `call`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct WireCall {
    pub method: String,
    pub input: Json,
}

impl Message {
    /// Creates a request.
    pub(crate) fn request(id: u64, method: &str, params: Json) -> Self {
        Self {
            id: Some(id),
            ..Self::notification(method, params)
        }
    }

    /// Creates a notification.
    pub(crate) fn notification(method: &str, params: Json) -> Self {
        Self {
            id: None,
            method: Some(method.to_owned()),
            params: Some(params),
            result: None,
            error: None,
        }
    }

    /// Creates a response.
    pub(crate) fn response(id: u64, outcome: Result<Json, WireFailure>) -> Self {
        let (result, error) = match outcome {
            Ok(result) => (Some(result), None),
            Err(error) => (None, Some(error)),
        };
        Self {
            id: Some(id),
            method: None,
            params: None,
            result,
            error,
        }
    }

    /// Returns the line with its line break.
    pub(crate) fn line(&self) -> Vec<u8> {
        let mut line = serde_json::to_vec(self).expect("plain data has a JSON form");
        line.push(b'\n');
        line
    }
}

impl From<Request> for WireRequest {
    fn from(request: Request) -> Self {
        Self {
            binder: request.binder.into(),
            address: request.address.into(),
            parts: request.parts.into_iter().map(Into::into).collect(),
            cluster: Some(request.cluster.into()).filter(|cluster: &String| !cluster.is_empty()),
        }
    }
}

impl From<WireRequest> for Request {
    fn from(request: WireRequest) -> Self {
        Self {
            binder: request.binder.into(),
            address: request.address.into(),
            parts: request
                .parts
                .into_iter()
                .map(Into::into)
                .collect::<RVec<_>>(),
            cluster: request.cluster.unwrap_or_default().into(),
        }
    }
}

impl From<WireAnswer> for Result<Answer, WireFailure> {
    fn from(answer: WireAnswer) -> Self {
        if let Some(error) = answer.error {
            return Err(error);
        }
        // A missing value becomes `null`, which the check of all values refuses.
        Ok(Answer {
            value: answer.value.unwrap_or_default().to_string().into(),
            evidence: answer.evidence.map(|json| json.to_string().into()).into(),
        })
    }
}

impl From<Result<Answer, WireFailure>> for WireAnswer {
    fn from(outcome: Result<Answer, WireFailure>) -> Self {
        let json = |text: &str| serde_json::from_str::<Json>(text).ok();
        match outcome {
            Ok(answer) => Self {
                value: json(&answer.value),
                evidence: answer.evidence.into_option().and_then(|text| json(&text)),
                error: None,
            },
            Err(failure) => Self {
                value: None,
                evidence: None,
                error: Some(failure),
            },
        }
    }
}
