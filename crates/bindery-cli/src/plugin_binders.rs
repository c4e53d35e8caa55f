//! Binders of plugins as a binder source.

use bindery_core::Binder;
use bindery_diagnostic::Diagnostics;
use bindery_render::BinderSource;

use crate::session::Session;

/// Source of the binders of all plugins.
pub struct PluginBinders<'s> {
    session: &'s Session<'s>,
}

impl<'s> PluginBinders<'s> {
    /// Creates a source that finds the plugins of `session` when a ref first needs a binder.
    pub fn new(session: &'s Session<'s>) -> Self {
        Self { session }
    }
}

impl BinderSource for PluginBinders<'_> {
    fn binders(&self, cluster: Option<&str>) -> Result<Vec<Box<dyn Binder + '_>>, Diagnostics> {
        let binders = self.session.usable_plugins()?.binders(cluster);
        let boxed = |binder| -> Box<dyn Binder + '_> { Box::new(binder) };
        Ok(binders.into_iter().map(boxed).collect())
    }
}
