//! The protocol for plugins in processes of their own: one JSON object a line, both ways.
//!
//! A line with a `method` and an `id` asks, and is answered by one with that `id` and a `result` or an `error`; one with a `method` and
//! no `id` tells. The host asks `open`, `bind` and `call`; the plugin may ask `cluster`, `credential`, `cancelled`, `cache_folder`
//! and `call`, and tell `log`, `print` and `progress`. All of it means what it means in the function tables of `bindery-abi`.
//! The host writes the members of a line in the order `id`, `method`, `params`.

use bindery_abi::{Answer, Failure, Request, stable::RVec};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// The version that `open` tells.
pub(crate) const VERSION: u32 = 1;

/// One line.
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
    pub error: Option<Told>,
}

/// A result of null is a result.
fn present<'de, D: serde::Deserializer<'de>>(json: D) -> Result<Option<Json>, D::Error> {
    Json::deserialize(json).map(Some)
}

/// A failure.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Told {
    #[serde(default)]
    pub code: String,
    pub message: String,
    #[serde(default)]
    pub causes: Vec<String>,
    #[serde(default)]
    pub hint: Option<String>,
}

/// A ref to bind.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Asked {
    pub binder: String,
    pub address: String,
    pub parts: Vec<String>,
    pub cluster: Option<String>,
}

/// The parameters of `bind`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Batch {
    pub requests: Vec<Asked>,
}

/// The result of `bind`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Answers {
    pub answers: Vec<Answered>,
}

/// One answer: a value, or why there is none.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Answered {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Json>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Json>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Told>,
}

/// The parameters of `call`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Call {
    pub method: String,
    pub input: Json,
}

impl Message {
    pub(crate) fn ask(id: u64, method: &str, params: Json) -> Self {
        Self {
            id: Some(id),
            ..Self::tell(method, params)
        }
    }

    pub(crate) fn tell(method: &str, params: Json) -> Self {
        Self {
            id: None,
            method: Some(method.to_owned()),
            params: Some(params),
            result: None,
            error: None,
        }
    }

    pub(crate) fn answer(id: u64, outcome: Result<Json, Told>) -> Self {
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

    /// The line, with its end.
    pub(crate) fn line(&self) -> Vec<u8> {
        let mut line = serde_json::to_vec(self).expect("plain data is always JSON");
        line.push(b'\n');
        line
    }
}

impl From<Told> for Failure {
    fn from(told: Told) -> Self {
        Self {
            code: told.code.into(),
            message: told.message.into(),
            causes: told.causes.into_iter().map(Into::into).collect::<RVec<_>>(),
            hint: told.hint.map(Into::into).into(),
        }
    }
}

impl From<Failure> for Told {
    fn from(failure: Failure) -> Self {
        Self {
            code: failure.code.into(),
            message: failure.message.into(),
            causes: failure.causes.into_iter().map(Into::into).collect(),
            hint: failure.hint.into_option().map(Into::into),
        }
    }
}

impl From<Request> for Asked {
    fn from(request: Request) -> Self {
        Self {
            binder: request.binder.into(),
            address: request.address.into(),
            parts: request.parts.into_iter().map(Into::into).collect(),
            cluster: Some(request.cluster.into()).filter(|cluster: &String| !cluster.is_empty()),
        }
    }
}

impl From<Asked> for Request {
    fn from(asked: Asked) -> Self {
        Self {
            binder: asked.binder.into(),
            address: asked.address.into(),
            parts: asked.parts.into_iter().map(Into::into).collect::<RVec<_>>(),
            cluster: asked.cluster.unwrap_or_default().into(),
        }
    }
}

impl From<Answered> for Result<Answer, Failure> {
    fn from(answered: Answered) -> Self {
        if let Some(error) = answered.error {
            return Err(error.into());
        }
        // A value that is missing is found wrong where all values are looked at.
        Ok(Answer {
            value: answered.value.unwrap_or_default().to_string().into(),
            evidence: answered.evidence.map(|json| json.to_string().into()).into(),
        })
    }
}

impl From<Result<Answer, Failure>> for Answered {
    fn from(outcome: Result<Answer, Failure>) -> Self {
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
                error: Some(failure.into()),
            },
        }
    }
}
