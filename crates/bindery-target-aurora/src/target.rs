//! Target Aurora in its three forms.

use std::error::Error;
use std::io;

use bindery_job::{BoundJob, Document, EncodeOptions, Executor, Target, Unsupported};
use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter};
use serde_json::{Map, Serializer, Value};

use crate::thrift::{ShapeError, Struct, named, tbinary, tjson};
use crate::{job_configuration, job_update_settings};

/// Target Aurora. Every job file can be expressed, so its documents have no losses.
#[derive(Clone, Debug)]
pub struct Aurora {
    /// Form of the document.
    pub form: Form,
    /// Name of the requesting user, which the scheduler records as the owner of the job.
    pub user: String,
}

/// Form of an Aurora document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// JSON with the names of the interface, for people: `{"jobs": [{"key", "job_configuration", "update_settings", "warnings"}]}`.
    Named,
    /// `JobConfiguration` of one job in TJSONProtocol.
    TJson,
    /// `JobConfiguration` of one job in TBinaryProtocol.
    TBinary,
}

impl Target for Aurora {
    fn name(&self) -> &'static str {
        match self.form {
            Form::Named => "aurora",
            Form::TJson => "aurora-tjson",
            Form::TBinary => "aurora-tbinary",
        }
    }

    fn encode(&self, jobs: &[BoundJob], _: &EncodeOptions) -> Result<Document, Unsupported> {
        let bytes = match self.form {
            Form::Named => self.named_document(jobs)?,
            Form::TJson => tjson::write(&self.only_configuration(jobs)?),
            Form::TBinary => tbinary::write(&self.only_configuration(jobs)?),
        };
        Ok(Document {
            bytes,
            losses: Vec::new(),
        })
    }
}

impl Aurora {
    /// Returns the `JobConfiguration` of a job.
    ///
    /// # Errors
    ///
    /// Fails for a number that does not fit its type in the interface.
    pub fn configuration(&self, job: &BoundJob) -> Result<Struct, Unsupported> {
        job_configuration(job, &self.user).map_err(|error| self.misfit(job, &error))
    }

    fn only_configuration(&self, jobs: &[BoundJob]) -> Result<Struct, Unsupported> {
        match jobs {
            [job] => self.configuration(job),
            _ => Err(Unsupported::JobCount {
                target: self.name(),
                count: jobs.len(),
            }),
        }
    }

    /// Writes `{"jobs": […]}` job by job: a thousand jobs as one tree would need many times the memory of their text.
    fn named_document(&self, jobs: &[BoundJob]) -> Result<Vec<u8>, Unsupported> {
        let mut document = b"{\n  \"jobs\": [".to_vec();
        for (index, job) in jobs.iter().enumerate() {
            document.extend_from_slice(if index == 0 { b"\n    " } else { b",\n    " });
            let mut formatter = PrettyFormatter::new();
            // The object and the list around the job, which indent its lines.
            formatter
                .begin_object(&mut io::sink())
                .and_then(|()| formatter.begin_array(&mut io::sink()))
                .map_err(|error| self.write_error(&error))?;
            self.named_job(job)?
                .serialize(&mut Serializer::with_formatter(&mut document, formatter))
                .map_err(|error| self.write_error(&error))?;
        }
        document.extend_from_slice(b"\n  ]\n}\n");
        Ok(document)
    }

    fn named_job(&self, job: &BoundJob) -> Result<Map<String, Value>, Unsupported> {
        let mut configuration = named::to_json(&self.configuration(job)?);
        let executor = &mut configuration["taskConfig"]["executorConfig"];
        if let Some(data) = executor["data"].as_str()
            && job.executor == Executor::Aurora
        {
            executor["data"] =
                serde_json::from_str(data).map_err(|error| self.write_error(&error))?;
        }
        let mut document = Map::new();
        document.insert("key".to_owned(), job.key.to_string().into());
        document.insert("job_configuration".to_owned(), configuration);
        match job.update.settings(&[]) {
            Ok(settings) => {
                let settings =
                    job_update_settings(&settings).map_err(|error| self.misfit(job, &error))?;
                document.insert("update_settings".to_owned(), named::to_json(&settings));
            }
            Err(error) => {
                document.insert("update_settings_error".to_owned(), error.to_string().into());
            }
        }
        let warnings: Vec<String> = job.warnings.iter().map(ToString::to_string).collect();
        document.insert("warnings".to_owned(), warnings.into());
        Ok(document)
    }

    fn misfit(&self, job: &BoundJob, error: &ShapeError) -> Unsupported {
        Unsupported::Value {
            target: self.name(),
            job: Box::new(job.key.clone()),
            message: error.to_string(),
            hint: error.hint(),
        }
    }

    fn write_error(&self, error: &dyn Error) -> Unsupported {
        Unsupported::Write {
            target: self.name(),
            message: error.to_string(),
        }
    }
}
