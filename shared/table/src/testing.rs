//! The two tables in memory, with a second tenant in every seed.

use crate::{Meter, Tables};

/// Tables on an emulator of their own, gone with it.
pub struct TestTables {
    pub tables: Tables,
    pub meter: Meter,
    /// The emulator's address.
    pub endpoint: String,
}

/// Starts an emulator in memory and creates both tables in it.
pub async fn start() -> TestTables {
    todo!()
}
