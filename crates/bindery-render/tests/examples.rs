//! The examples, run as tests.

#[allow(dead_code, reason = "the example's own entry point")]
#[path = "../examples/closure.rs"]
mod closure;

#[test]
fn closure_binds_the_image_of_a_job() {
    insta::assert_snapshot!(closure::render().unwrap());
}
