//! Binders of plugins as a binder source.

use bindery_core::Binder;
use bindery_diagnostic::Diagnostics;
use bindery_render::BinderSource;

use crate::context::Context;

/// Source of the binders of all plugins.
pub struct PluginBinders<'c> {
    context: &'c Context<'c>,
}

impl<'c> PluginBinders<'c> {
    /// Creates a source that finds the plugins of `context` when they are first asked for.
    pub fn new(context: &'c Context<'c>) -> Self {
        Self { context }
    }
}

impl BinderSource for PluginBinders<'_> {
    fn binders(&self, cluster: Option<&str>) -> Result<Vec<Box<dyn Binder + '_>>, Diagnostics> {
        let binders = self.context.useful_plugins()?.binders(cluster);
        let boxed = |binder| -> Box<dyn Binder + '_> { Box::new(binder) };
        Ok(binders.into_iter().map(boxed).collect())
    }
}
