//! What the child gives up before it looks at a document.
//!
//! Limits of the system on memory, time and files always hold. On top of them, where the kernel knows them: no path
//! can be opened (Landlock), and only the system calls that reading and allocating need are made (seccomp).

use crate::ground::limits::{
    PARSE_ADDRESS_BYTES_MAX, PARSE_CPU_SECONDS_MAX, PARSE_FILES_MAX, PARSE_MEMORY_BYTES_MAX,
};
use landlock::{ABI, Access as _, AccessFs, AccessNet, Ruleset, RulesetAttr as _};
use rustix::process::{Resource, Rlimit, Signal};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
use std::collections::BTreeMap;

/// Reading documents steps back behind everything that people wait for.
const NICE: i32 = 10;

/// Gives up what reading a document does not need; an error only where a limit cannot be set.
pub fn confine() -> std::io::Result<()> {
    // A server that dies takes its children with it.
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    // Where memory runs out, this process is the one to end.
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
    let _ = rustix::process::setpriority_process(None, NICE);
    for (resource, most) in [
        (Resource::Data, PARSE_MEMORY_BYTES_MAX),
        (Resource::As, PARSE_ADDRESS_BYTES_MAX),
        (Resource::Cpu, PARSE_CPU_SECONDS_MAX),
        (Resource::Nofile, PARSE_FILES_MAX),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
    ] {
        set_limit(resource, most)?;
    }
    close_paths();
    close_calls();
    Ok(())
}

fn set_limit(resource: Resource, most: u64) -> std::io::Result<()> {
    let former = rustix::process::getrlimit(resource);
    let most = former.maximum.map_or(most, |maximum| maximum.min(most));
    // The signal that tells of spent time comes at the first limit; the second one kills.
    let maximum = if resource == Resource::Cpu { most.saturating_add(5) } else { most };
    let maximum = former.maximum.map_or(maximum, |former| former.min(maximum));
    Ok(rustix::process::setrlimit(resource, Rlimit { current: Some(most), maximum: Some(maximum) })?)
}

/// No path, no connection: what is open stays open. An older kernel does as much of it as it knows.
fn close_paths() {
    let ruleset = Ruleset::default()
        .handle_access(AccessFs::from_all(ABI::V5))
        .and_then(|ruleset| ruleset.handle_access(AccessNet::from_all(ABI::V5)))
        .and_then(Ruleset::create);
    if let Ok(ruleset) = ruleset {
        let _ = ruleset.restrict_self();
    }
}

/// Everything but reading, writing, memory and the end of the process is refused with "not permitted".
fn close_calls() {
    let rules: BTreeMap<i64, _> = CALLS.iter().map(|call| (*call, Vec::new())).collect();
    let Ok(arch) = std::env::consts::ARCH.try_into() else { return };
    let refused = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let filter = SeccompFilter::new(rules, refused, SeccompAction::Allow, arch);
    if let Ok(Ok(program)) = filter.map(BpfProgram::try_from) {
        let _ = seccompiler::apply_filter(&program);
    }
}

const CALLS: [i64; 33] = [
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_pread64,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_lseek,
    libc::SYS_close,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_futex,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_getrandom,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_gettid,
    libc::SYS_getpid,
    // A process that ends itself says so by a signal.
    libc::SYS_tgkill,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_prctl,
    libc::SYS_restart_syscall,
    libc::SYS_exit,
    libc::SYS_exit_group,
];
