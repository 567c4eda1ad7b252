#[cfg(test)]
mod policy;
