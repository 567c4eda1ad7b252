//! Everything that a client's assistant answers from, removed for good.

use super::documents;
use super::faqs::{self, FaqFilter};
use super::{KnowledgeError, indexing};
use crate::domain::Environment;
use crate::ground::scope::ClientScope;
use crate::store::PageRequest;

/// Removes the client's documents and FAQs in bounded transactions, and their files; then waits until every index
/// has followed. False when one has not after a while: call it again.
pub async fn erase_all(env: &Environment, scope: &ClientScope) -> Result<bool, KnowledgeError> {
    while erase_documents(env, scope).await? || erase_faqs(env, scope).await? {}
    env.blobs.delete_all(scope.client_id()).await?;
    let newest = env.db.read(indexing::newest_change).await?;
    Ok(env.index.wait_for(newest).await && env.vectors.wait_for(newest).await)
}

/// Removes a page of documents, each in a transaction of its own: one may have thousands of passages. False when there
/// was none.
async fn erase_documents(env: &Environment, scope: &ClientScope) -> Result<bool, KnowledgeError> {
    let of_client = scope.clone();
    let page = env.db.read(move |tx| documents::list(tx, &of_client, &PageRequest::first())).await?;
    for document in &page.items {
        let (of_client, id) = (scope.clone(), document.id.clone());
        let removed = env.db.write(scope.actor().clone(), move |tx| documents::delete(tx, &of_client, &id));
        match removed.await {
            Ok(blob) => env.blobs.delete(scope.client_id(), &blob).await?,
            // Another attempt was faster.
            Err(KnowledgeError::DocumentNotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(!page.items.is_empty())
}

/// Removes a page of FAQs; false when there was none.
async fn erase_faqs(env: &Environment, scope: &ClientScope) -> Result<bool, KnowledgeError> {
    let of_client = scope.clone();
    let removed = env.db.write(scope.actor().clone(), move |tx| -> Result<_, KnowledgeError> {
        let page = faqs::list(tx, &of_client, &FaqFilter::default(), &PageRequest::first())?;
        for faq in &page.items {
            faqs::delete(tx, &of_client, &faq.id)?;
        }
        Ok(!page.items.is_empty())
    });
    removed.await
}
