//! The SQL of instructions.

use super::{InstructionVersion, Instructions};
use crate::ground::scope::ClientScope;
use crate::ground::temperature::Temperature;
use crate::params;
use crate::store::value::Row;
use crate::store::{Bug, DbError, PageRequest, ReadTx, WriteTx};

const COLUMNS: &str = "id, number, text, company_name, opening_hours, time_zone, model, temperature_hundredths, \
                       output_tokens_max, restored_number, created_at";

pub(super) fn insert(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    version: &InstructionVersion,
) -> Result<(), DbError> {
    let content = &version.content;
    tx.execute(
        "insert into instruction_versions (id, client_id, number, text, company_name, opening_hours, time_zone,
                                           model, temperature_hundredths, output_tokens_max, restored_number,
                                           created_at)
         values (:id, :client_id, :number, :text, :company_name, :opening_hours, :time_zone,
                 :model, :temperature_hundredths, :output_tokens_max, :restored_number, :now)",
        params! {
            ":id" => version.id,
            ":client_id" => scope.client_id(),
            ":number" => version.number,
            ":text" => content.instructions,
            ":company_name" => content.company_name,
            ":opening_hours" => content.opening_hours,
            ":time_zone" => content.time_zone,
            ":model" => content.model,
            ":temperature_hundredths" => content.temperature.map(|it| u32::from(it.hundredths())),
            ":output_tokens_max" => content.output_tokens_max,
            ":restored_number" => version.restored_number,
            ":now" => version.created_at,
        },
    )?;
    Ok(())
}

pub(super) fn find_newest(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
) -> Result<Option<InstructionVersion>, DbError> {
    tx.find(
        &format!(
            "select {COLUMNS}
             from instruction_versions
             where client_id = :client_id
             order by number desc
             limit 1"
        ),
        params! { ":client_id" => scope.client_id() },
        from_row,
    )
}

pub(super) fn find(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    number: u32,
) -> Result<Option<InstructionVersion>, DbError> {
    tx.find(
        &format!(
            "select {COLUMNS} from instruction_versions where client_id = :client_id and number = :number"
        ),
        params! { ":client_id" => scope.client_id(), ":number" => number },
        from_row,
    )
}

pub(super) fn list(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    page: &PageRequest,
) -> Result<Vec<InstructionVersion>, DbError> {
    tx.list_page(
        &format!(
            "select {COLUMNS}
             from instruction_versions
             where client_id = :client_id and (created_at, id) < (:before_at, :before_id)
             order by created_at desc, id desc
             limit :limit"
        ),
        params! { ":client_id" => scope.client_id() },
        page,
        from_row,
    )
}

pub(super) fn delete_up_to(tx: &WriteTx<'_>, scope: &ClientScope, number: u32) -> Result<(), DbError> {
    tx.execute(
        "delete from instruction_versions where client_id = :client_id and number <= :number",
        params! { ":client_id" => scope.client_id(), ":number" => number },
    )?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> Result<InstructionVersion, DbError> {
    let hundredths: Option<u32> = row.get("temperature_hundredths")?;
    let temperature = |hundredths: u32| {
        let known = u16::try_from(hundredths).ok().and_then(Temperature::from_hundredths);
        known.ok_or_else(|| Bug::invariant(format!("a temperature of {hundredths} hundredths")))
    };
    Ok(InstructionVersion {
        id: row.get("id")?,
        number: row.get("number")?,
        content: Instructions {
            instructions: row.get("text")?,
            company_name: row.get("company_name")?,
            opening_hours: row.get("opening_hours")?,
            time_zone: row.get("time_zone")?,
            model: row.get("model")?,
            temperature: hundredths.map(temperature).transpose()?,
            output_tokens_max: row.get("output_tokens_max")?,
        },
        restored_number: row.get("restored_number")?,
        created_at: row.get("created_at")?,
    })
}
