//! Conversion of the container.

use crate::phases::fields::Fields;
use crate::{Container, InvalidJob, MesosImage, Volume};

pub(super) fn container(job: &Fields<'_>) -> Result<Container, InvalidJob> {
    let Some(container) = job.inner("container") else {
        return Ok(Container::None);
    };
    match container.object().ty().name() {
        "Docker" => docker(&container),
        "Mesos" => mesos(&container),
        _ => match container.inner("docker") {
            Some(container) => docker(&container),
            None => Err(job
                .refuse(
                    "container",
                    "If a container is specified it must set one type.",
                )
                .with_hint("write `Docker(image = …)` or `Mesos(image = …)`")),
        },
    }
}

fn docker(container: &Fields<'_>) -> Result<Container, InvalidJob> {
    Ok(Container::Docker {
        image: container.text("image")?,
        parameters: container
            .each("parameters")
            .map(|parameter| Ok((parameter.text("name")?, parameter.text("value")?)))
            .collect::<Result<_, InvalidJob>>()?,
    })
}

fn mesos(container: &Fields<'_>) -> Result<Container, InvalidJob> {
    let image = match container.inner("image") {
        None => None,
        Some(image) if image.object().ty().name() == "DockerImage" => Some(MesosImage::Docker {
            name: image.text("name")?,
            tag: image.text("tag")?,
        }),
        Some(image) => Some(MesosImage::Appc {
            name: image.text("name")?,
            image_id: image.text("image_id")?,
        }),
    };
    let volumes = container
        .each("volumes")
        .map(|volume| {
            let container_path = volume.text("container_path")?;
            let host_path = volume.text("host_path")?;
            let writable = match &*volume.required("mode")?.display()? {
                "RW" => true,
                "RO" => false,
                other => {
                    return Err(volume.refuse("mode", format_args!("Invalid Mode type: {other}")));
                }
            };
            Ok(Volume {
                container_path,
                host_path,
                writable,
            })
        })
        .collect::<Result<_, InvalidJob>>()?;
    Ok(Container::Mesos { image, volumes })
}
