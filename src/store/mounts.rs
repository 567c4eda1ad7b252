//! Whether the data directory outlives the container that this program runs in.
//!
//! A container's own files go with it. A data directory among them looks like any other until the container is made
//! anew, by an upgrade as a rule, and everything is gone. So the table of mounts is read (`proc_pid_mountinfo(5)`):
//! a directory that lies on the same mount as `/` lies on the container's own layer.

use std::path::{Path, PathBuf};

/// What is lost together with the container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ephemeral {
    /// The directory lies among the container's own files.
    ContainerLayer,
    /// The directory lies in memory (tmpfs).
    Memory,
}

impl Ephemeral {
    /// For the operator: what is the matter and what to do.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::ContainerLayer => {
                "The data directory lies on the container's own layer: everything is lost when the container is \
                 removed or made anew. Mount a volume there."
            }
            Self::Memory => {
                "The data directory lies in the container's memory: everything is lost when the container stops. \
                 Mount a volume there."
            }
        }
    }
}

/// What container engines leave for programs to find. Without one of them, a root of layers tells.
const MARKERS: [&str; 2] = ["/.dockerenv", "/run/.containerenv"];
const LAYERED: [&str; 4] = ["overlay", "fuse.fuse-overlayfs", "aufs", "fuse-overlayfs"];

/// Looks at this process; None when the directory stays, when it is no container, or when nobody can tell.
pub fn find_ephemeral(data: &Path) -> Option<Ephemeral> {
    let table = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
    let data = std::fs::canonicalize(data).ok()?;
    let has_marker = MARKERS.iter().any(|marker| Path::new(marker).exists());
    let in_pod = std::env::var_os("KUBERNETES_SERVICE_HOST").is_some();
    judge(&table, &data, has_marker || in_pod)
}

/// The decision, of the table's text.
fn judge(table: &str, data: &Path, is_marked: bool) -> Option<Ephemeral> {
    let mounts: Vec<Mount> = table.lines().filter_map(Mount::parse).collect();
    // Of two mounts on one point, the later one is seen.
    let root = mounts.iter().rev().find(|mount| mount.point == Path::new("/"))?;
    let is_container = is_marked || LAYERED.contains(&root.kind.as_str());
    if !is_container {
        return None;
    }
    let depth = |mount: &&Mount| mount.point.components().count();
    let home = mounts.iter().filter(|mount| data.starts_with(&mount.point)).max_by_key(depth)?;
    match home.kind.as_str() {
        "tmpfs" | "ramfs" => Some(Ephemeral::Memory),
        _ if home.point == root.point => Some(Ephemeral::ContainerLayer),
        _ => None,
    }
}

/// One line of the table: where it is mounted, and the kind of file system.
struct Mount {
    point: PathBuf,
    kind: String,
}

impl Mount {
    /// `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw`: the kind follows the lone hyphen.
    fn parse(line: &str) -> Option<Self> {
        let (before, after) = line.split_once(" - ")?;
        let point = before.split(' ').nth(4)?;
        let kind = after.split(' ').next()?;
        Some(Self { point: PathBuf::from(unescape(point)), kind: kind.to_owned() })
    }
}

/// The kernel writes spaces, tabs, line ends and backslashes in octal (`\040`).
fn unescape(text: &str) -> String {
    let marks = [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")];
    marks.iter().fold(text.to_owned(), |text, (mark, char)| text.replace(mark, char))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PODMAN: &str = "\
        612 570 0:60 / / ro,relatime - overlay overlay rw,lowerdir=/var/lib/containers/storage/overlay/l/A\n\
        613 612 0:63 / /proc rw,nosuid - proc proc rw\n\
        614 612 0:64 / /tmp rw,nosuid,nodev - tmpfs tmpfs rw\n\
        615 612 254:0 /var/lib/containers/storage/volumes/snip/_data /data rw,relatime - ext4 /dev/vda rw\n\
        616 612 254:0 /srv/my\\040data /srv/my\\040data rw - ext4 /dev/vda rw\n";
    const MACHINE: &str = "\
        28 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n\
        30 28 0:26 / /tmp rw,nosuid,nodev shared:5 - tmpfs tmpfs rw\n";

    // APP-14
    #[test]
    fn a_directory_among_the_containers_own_files_is_named() {
        let judged = |data: &str| judge(PODMAN, Path::new(data), false);

        assert_eq!(judged("/var/lib/snip"), Some(Ephemeral::ContainerLayer));
        assert_eq!(
            judged("/database"),
            Some(Ephemeral::ContainerLayer),
            "a name that begins as a mount's does"
        );
        assert_eq!(judged("/tmp/data"), Some(Ephemeral::Memory));
        assert_eq!(judged("/data"), None);
        assert_eq!(judged("/data/node-1"), None);
        assert_eq!(judged("/srv/my data"), None);
    }

    // APP-14
    #[test]
    fn a_machine_is_no_container_unless_an_engine_has_marked_it() {
        assert_eq!(judge(MACHINE, Path::new("/var/lib/snip"), false), None);
        assert_eq!(judge(MACHINE, Path::new("/tmp/data"), false), None);
        assert_eq!(judge(MACHINE, Path::new("/var/lib/snip"), true), Some(Ephemeral::ContainerLayer));
        assert_eq!(judge("", Path::new("/data"), true), None);
        assert_eq!(judge("nonsense\n- - -\n", Path::new("/data"), true), None);
    }

    // APP-14
    #[test]
    fn what_is_mounted_over_a_mount_is_what_counts() {
        let covered = format!("{PODMAN}700 615 254:0 /volumes/inner /data/inner rw - ext4 /dev/vda rw\n");
        let in_memory = format!("{PODMAN}701 615 0:70 / /data/cache rw - tmpfs tmpfs rw\n");

        assert_eq!(judge(&covered, Path::new("/data/inner"), false), None);
        assert_eq!(judge(&in_memory, Path::new("/data/cache/x"), false), Some(Ephemeral::Memory));
    }
}
