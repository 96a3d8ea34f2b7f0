//! Packs the committed models that pages play with into `book/live/weights`.

use live::weights::{MODELS, packed};

fn main() -> anyhow::Result<()> {
    let root = record::root();
    for model in MODELS {
        let bytes = packed(&root.join("book/models"), model)?;
        let to = root.join(format!("book/live/weights/{}.bin", model.0));
        record::write_whole(&to, &bytes)?;
        let said = format!("{}: {} bytes\n", to.display(), bytes.len());
        lab::print(&said)?;
    }
    Ok(())
}
