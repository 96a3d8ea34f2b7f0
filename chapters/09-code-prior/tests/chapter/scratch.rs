use code_prior::coding::{decode, encode};
use code_prior::model::{Prior, Sizes};
use code_prior::sampling::sample;
use lab::rng_at;
use std::time::Instant;

#[test]
fn scratch() {
    let sizes =
        Sizes { codes: 512, places: 49, width: 128, heads: 4, blocks: 2 };
    let prior = Prior::<f32>::new(sizes, &mut rng_at(1, 0)).unwrap();
    let maps = sample(&prior, 40, 1.0, 1).unwrap();
    let at = Instant::now();
    for m in maps.rows() {
        encode(&prior, 512, &m.to_vec()).unwrap();
    }
    println!("K=512: {:?} each", at.elapsed() / 40);
    let dir =
        std::path::Path::new("/work/main/target/runs/code-prior/checkpoints");
    let prior = code_prior::training::load(&dir.join("prior.safetensors"));
    let Ok(prior) = prior else {
        println!("{:?}", prior.err());
        return;
    };
    let maps = sample(&prior, 400, 1.0, 1).unwrap();
    let at = Instant::now();
    let mut bytes = 0.0;
    let mut beyond: f64 = 0.0;
    let mut wrong = 0;
    let mut tried = 0;
    let bits = prior.nats(&maps).unwrap().sum_axis(ndarray::Axis(1))
        * code_prior::plain::BITS;
    let mut files = vec![];
    for (m, b) in maps.rows().into_iter().zip(&bits) {
        let m = m.to_vec();
        let f = encode(&prior, 64, &m).unwrap();
        bytes += f.len() as f64;
        beyond = beyond.max(8.0 * f.len() as f64 - b);
        files.push((m, f));
    }
    println!(
        "real: {:?} each, {} bytes, ideal {} bits, beyond {}",
        at.elapsed() / 400,
        bytes / 400.0,
        bits.mean().unwrap(),
        beyond
    );
    let at = Instant::now();
    for (m, f) in &files {
        assert_eq!(&decode(&prior, 64, f).unwrap(), m);
    }
    println!("decode {:?}", at.elapsed() / 400);
    use code_prior::sampling::Draws;
    for (m, f) in files.iter().take(200) {
        let mut cache = prior.cache(1);
        let next = |before: &[usize]| {
            let last = *before.last().unwrap_or(&64);
            let logits = prior.next(&mut cache, &[last]);
            vq_vae::coding::model(&code_prior::exact::in_units(
                &code_prior::plain::tempered(logits.row(0), 1.0).to_vec(),
            ))
        };
        tried += 1;
        if !vq_vae::coding::decode(f, 49, next)
            .is_ok_and(|(found, _)| &found == m)
        {
            wrong += 1;
        }
    }
    println!("fast pass wrong {wrong} of {tried}");
    let t = vq_vae::model::load(&dir.join("tokeniser.safetensors"));
    println!("tokeniser {:?}", t.map(|t| t.sizes).map_err(|e| e.to_string()));
}
