//! Renders a job with a binder that is a closure.

use bindery_core::Value;
use bindery_job::BoundJob;
use bindery_render::{FixedBinders, Input, Renderer, Selection, binder_fn};

const FILE: &str =
    "jobs = [Service(cluster = 'west', role = 'www', environment = 'prod', name = 'hello',
    task = SimpleTask('hello', 'run {{image[web][1.4]}}'))]";

pub(crate) fn render() -> Result<String, Box<dyn std::error::Error>> {
    let image = binder_fn("image", "image[*][*]", |request| {
        let (name, tag) = (&request.parts[1], &request.parts[2]);
        Ok(Value::string(format!("{name}@sha256:digest-of-{tag}")))
    })?;
    let binders = FixedBinders(vec![Box::new(image)]);
    let input = Input::text("hello.aurora", FILE);
    let rendered = Renderer::new(&binders).jobs(&input, &Selection::default(), &[])?;
    Ok(BoundJob::document(&rendered.jobs)?)
}

fn main() {
    print!("{}", render().expect("the job is valid"));
}
