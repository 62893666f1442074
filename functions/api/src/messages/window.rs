//! Whether the channel's law lets something go out now, and what is legal when it does not.

use domain::send_option::{Closed, Path, Standing};
use domain::{Head, Timestamp};
use table::Draft;

use crate::problem::{Alternative, AlternativeKind, Problem};

/// Every part must be allowed its way; the first that is not is named.
pub fn check(head: &Head, parts: &[Draft], now: Timestamp) -> Result<(), Problem> {
    for (n, part) in parts.iter().enumerate() {
        allowed(head, Path::of(part.kind), now, &format!("parts[{n}]"))?;
    }
    Ok(())
}

/// Whether something may go this way now; `field` is what would be wrong with the request.
pub fn allowed(head: &Head, path: Path, now: Timestamp, field: &str) -> Result<(), Problem> {
    let standing = Standing::from(head);
    standing.allows(path, now).map_err(|closed| match closed {
        Closed::NotOffered => Problem::invalid(field, "not_offered", closed.sentence()),
        Closed::WindowClosed | Closed::WindowNeverOpened => {
            let alternatives = alternatives(standing, now);
            Problem::invalid(field, "window_closed", closed.sentence()).with(|p| p.alternatives = Some(alternatives))
        }
    })
}

fn alternatives(standing: Standing, now: Timestamp) -> Vec<Alternative> {
    let open = |path: Path, ends_at| {
        let kind = match path {
            Path::Template => AlternativeKind::Template,
            Path::HumanAgent => AlternativeKind::HumanAgent,
            Path::FreeForm | Path::Reaction => return None,
        };
        Some(Alternative { kind, ends_at })
    };
    standing.options(now).into_iter().filter_map(|option| open(option.path, option.state.ok()?)).collect()
}
