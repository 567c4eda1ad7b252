//! The step of a document's way in which its chunks get their vectors.

use super::super::documents::DocumentStatus;
use super::super::embedding::{self, Step};
use super::super::generations::{self, Generation};
use super::super::store;
use super::{Ingestion, PERCENT_CUT, PERCENT_EMBEDDED};
use crate::ground::limits::EMBEDDER_PAUSE_MS;
use crate::store::jobs::JobError;
use tracing::warn;

impl Ingestion {
    /// Embeds the chunks that have no vectors yet, batch by batch: after a crash it goes on where it stopped. A
    /// model that is away or fails does not keep the document from being found by its words; the vectors are then
    /// made by a job of their own.
    pub(super) async fn embed(&self) -> Result<(), JobError> {
        let _guard = self.env.vectors.ingesting().begin();
        let current = self.env.db.read(generations::current).await?;
        for generation in current.all() {
            let Some(step) = Step::begin(&self.env, &self.scope, &generation) else { continue };
            if let Err(why) = self.embed_for(&step, &generation).await? {
                warn!(document.id = %self.id, "A document's vectors are made later: {why}");
                let occasion = format!("{}:{}", self.job.id, self.job.attempts);
                self.write(move |tx, scope, _| {
                    let later = Some(tx.now().plus_ms(EMBEDDER_PAUSE_MS));
                    Ok(embedding::enqueue(tx, scope.client_id(), &occasion, later)?)
                })
                .await?;
            }
        }
        Ok(())
    }

    /// The inner error is the embedder's.
    async fn embed_for(
        &self,
        step: &Step<'_>,
        generation: &Generation,
    ) -> Result<Result<(), String>, JobError> {
        let (scope, id, of) = (self.scope.clone(), self.id.clone(), generation.id.clone());
        let (total, mut done) =
            self.env.db.read(move |tx| store::count_embedded(tx, &scope, &of, &id)).await?;
        while done < total {
            let batch = match step.next_chunks(Some(&self.id)).await {
                Ok(batch) => batch,
                Err(embedding::StepError::Embed(error)) => return Ok(Err(error.to_string())),
                Err(embedding::StepError::Db(error)) => return Err(error.into()),
            };
            let generation = generation.clone();
            let written = self
                .write(move |tx, scope, id| {
                    let written = embedding::write_chunks(tx, scope, &generation, &batch)?;
                    let done = done.saturating_add(u32::try_from(written).unwrap_or(u32::MAX));
                    let percent = percent(done, total);
                    store::set_progress(tx, scope, id, DocumentStatus::Embedding, percent)?;
                    Ok(written)
                })
                .await?;
            // Deleted meanwhile, or made by somebody else: there is nothing to wait for.
            if written == 0 {
                break;
            }
            done = done.saturating_add(u32::try_from(written).unwrap_or(u32::MAX));
        }
        Ok(Ok(()))
    }
}

/// From [`PERCENT_CUT`] to [`PERCENT_EMBEDDED`].
fn percent(done: u32, total: u32) -> u32 {
    let share =
        u64::from(PERCENT_EMBEDDED - PERCENT_CUT) * u64::from(done.min(total)) / u64::from(total.max(1));
    PERCENT_CUT + u32::try_from(share).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_go_from_cut_to_embedded() {
        let percents: Vec<u32> = [0, 1, 5, 10, 11].into_iter().map(|done| percent(done, 10)).collect();
        assert_eq!(percents, [60, 63, 77, 95, 95]);
        assert_eq!(percent(0, 0), PERCENT_CUT);
    }
}
