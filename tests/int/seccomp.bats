#!/usr/bin/env bats
# config.json → what the filter answers. getppid stands for any harmless call; its first argument is free for conditions.
load helpers

# All that a static program needs to start and to print, and not a call more: what brig does itself after loading must not need to be allowed.
STRICT='seccomp("ERRNO"; ["write","writev","exit_group","execve","brk","arch_prctl","mmap","munmap","mprotect","newfstatat","fstat","readlinkat","readlink","getrandom","set_tid_address","set_robust_list","rseq","prlimit64"]|map(rule(.;"ALLOW")))'
NNP='.process.noNewPrivileges=true'
errno() { want "seccomp(\"ALLOW\"; [{names:[\"getppid\"],action:\"SCMP_ACT_ERRNO\"$1}])" "syscall getppid" "syscall.getppid=$2"; }
# args OP VALUE TWO: which of the first arguments 4, 5, 6, 12 of getppid are refused
args() {
	try "seccomp(\"ALLOW\"; [{names:[\"getppid\"],action:\"SCMP_ACT_ERRNO\",errnoRet:5,args:$1}])" 'syscall getppid 4 , syscall getppid 5 , syscall getppid 6 , syscall getppid 12'
	[ "$rc" = 0 ] && [ "$(sed 's/^syscall.getppid=//;s/EIO/x/;s/^0$/-/' <<<"$out" | tr -d '\n')" = "$2" ] || fail "not $2"
}

@test "mode: none without a profile, a filter with one" { want '' 'report caps' seccomp=0 seccomp_filters=0; want 'seccomp("ALLOW"; [])' 'report caps' seccomp=2 seccomp_filters=1; }
@test "action ERRNO: EPERM by default" { errno '' EPERM; }
@test "action ERRNO: the errno given" { errno ',errnoRet:38' ENOSYS; }
@test "action ERRNO: as default, with defaultErrnoRet" { want "$STRICT|.linux.seccomp.defaultErrnoRet=22" 'syscall getppid' syscall.getppid=EINVAL; }
@test "action ALLOW" { want 'seccomp("ALLOW"; [rule("getppid";"ALLOW")])' 'syscall getppid' syscall.getppid=0; }
@test "action LOG" { want 'seccomp("ALLOW"; [rule("getppid";"LOG")])' 'syscall getppid' syscall.getppid=0; }
@test "action TRACE without a tracer is ENOSYS" { want 'seccomp("ALLOW"; [rule("getppid";"TRACE")])' 'syscall getppid' syscall.getppid=ENOSYS; }
@test "action KILL_PROCESS" { want 'seccomp("ALLOW"; [rule("getppid";"KILL_PROCESS")])' 'child getppid' 'child=signal 31'; }
@test "action KILL_PROCESS ends all threads" { try 'seccomp("ALLOW"; [rule("getppid";"KILL_PROCESS")])' 'thread'; [ "$rc" = 159 ] || fail "not 128+SIGSYS"; }
@test "action KILL_THREAD ends the thread alone" { want 'seccomp("ALLOW"; [rule("getppid";"KILL_THREAD")])' 'thread' 'thread=process lives'; }
@test "action KILL is KILL_THREAD" { want 'seccomp("ALLOW"; [rule("getppid";"KILL")])' 'thread' 'thread=process lives'; }
@test "action TRAP sends SIGSYS" { want 'seccomp("ALLOW"; [rule("getppid";"TRAP")])' 'child getppid' 'child=signal 31'; }
@test "action: an unknown one is refused" { refuse 'seccomp("ALLOW"; [rule("getppid";"FROB")])' /linux/seccomp/syscalls/0/action; }
@test "action: NOTIFY without a listener is refused" { refuse 'seccomp("ALLOW"; [rule("getppid";"NOTIFY")])' /linux/seccomp; }
@test "action: NOTIFY as default is refused" { refuse 'seccomp("NOTIFY"; [])' /linux/seccomp; }
@test "errnoRet with an action that has none is refused" { refuse 'seccomp("ALLOW"; [rule("getppid";"KILL")+{errnoRet:1}])' /linux/seccomp/syscalls/0; }
@test "defaultErrnoRet with an action that has none is refused" { refuse 'seccomp("ALLOW"; [])|.linux.seccomp.defaultErrnoRet=1' /linux/seccomp; }

@test "operator EQ" { args '[{index:0,value:5,op:"SCMP_CMP_EQ"}]' -x--; }
@test "operator NE" { args '[{index:0,value:5,op:"SCMP_CMP_NE"}]' x-xx; }
@test "operator LT" { args '[{index:0,value:5,op:"SCMP_CMP_LT"}]' x---; }
@test "operator LE" { args '[{index:0,value:5,op:"SCMP_CMP_LE"}]' xx--; }
@test "operator GE" { args '[{index:0,value:5,op:"SCMP_CMP_GE"}]' -xxx; }
@test "operator GT" { args '[{index:0,value:5,op:"SCMP_CMP_GT"}]' --xx; }
@test "operator MASKED_EQ: value is the mask, valueTwo what must be left" { args '[{index:0,value:4,valueTwo:4,op:"SCMP_CMP_MASKED_EQ"}]' xxxx; args '[{index:0,value:8,valueTwo:8,op:"SCMP_CMP_MASKED_EQ"}]' ---x; }
@test "operator: several conditions on one argument are alternatives" { args '[{index:0,value:4,op:"SCMP_CMP_EQ"},{index:0,value:6,op:"SCMP_CMP_EQ"}]' x-x-; }
@test "operator: conditions on different arguments must all hold" {
	want 'seccomp("ALLOW"; [rule("getppid";"ERRNO")+{errnoRet:5,args:[{index:0,value:1,op:"SCMP_CMP_EQ"},{index:1,value:2,op:"SCMP_CMP_EQ"}]}])' 'syscall getppid 1 1 , syscall getppid 1 2' syscall.getppid=0 syscall.getppid=EIO
}
@test "operator: all 64 bits are compared" { want 'seccomp("ALLOW"; [rule("getppid";"ERRNO")+{errnoRet:5,args:[{index:0,value:4294967297,op:"SCMP_CMP_EQ"}]}])' 'syscall getppid 1 , syscall getpgid 0' syscall.getppid=0; want 'seccomp("ALLOW"; [rule("getppid";"ERRNO")+{errnoRet:5,args:[{index:0,value:4294967297,op:"SCMP_CMP_EQ"}]}])' 'syscall getppid 4294967297' syscall.getppid=EIO; }
@test "operator: an unknown one is refused" { refuse 'seccomp("ALLOW"; [rule("getppid";"ERRNO")+{args:[{index:0,value:1,op:"SCMP_CMP_ABOUT"}]}])' /linux/seccomp/syscalls/0/args/0; }
@test "operator: index 6 is refused" { refuse 'seccomp("ALLOW"; [rule("getppid";"ERRNO")+{args:[{index:6,value:1,op:"SCMP_CMP_EQ"}]}])' /linux/seccomp/syscalls/0/args/0; }

@test "names: an unknown one is ignored" { want 'seccomp("ALLOW"; [{names:["frobnicate","getppid"],action:"SCMP_ACT_ERRNO"}])' 'syscall getppid' syscall.getppid=EPERM; }
@test "names: an empty list is refused" { refuse 'seccomp("ALLOW"; [{names:[],action:"SCMP_ACT_ERRNO"}])' /linux/seccomp/syscalls/0; }
@test "architectures: several" { want 'seccomp("ALLOW"; [rule("getppid";"ERRNO")])|.linux.seccomp.architectures+=["SCMP_ARCH_X86","SCMP_ARCH_X32"]' 'syscall getppid' syscall.getppid=EPERM; }
@test "architectures: none means the native one" { want 'seccomp("ALLOW"; [rule("getppid";"ERRNO")])|del(.linux.seccomp.architectures)' 'syscall getppid' syscall.getppid=EPERM; }
@test "architectures: an unknown one is refused" { refuse 'seccomp("ALLOW"; [])|.linux.seccomp.architectures=["SCMP_ARCH_VAX"]' /linux/seccomp/architectures/0; }
@test "flags: LOG, SPEC_ALLOW, TSYNC" { want 'seccomp("ALLOW"; [rule("getppid";"ERRNO")])|.linux.seccomp.flags=["SECCOMP_FILTER_FLAG_LOG","SECCOMP_FILTER_FLAG_SPEC_ALLOW","SECCOMP_FILTER_FLAG_TSYNC"]' 'syscall getppid' syscall.getppid=EPERM; }
@test "flags: an empty list" { want 'seccomp("ALLOW"; [rule("getppid";"ERRNO")])|.linux.seccomp.flags=[]' 'syscall getppid' syscall.getppid=EPERM; }
@test "flags: an unknown one is refused" { refuse 'seccomp("ALLOW"; [])|.linux.seccomp.flags=["SECCOMP_FILTER_FLAG_FROB"]' /linux/seccomp/flags/0; }

@test "newer system calls than any in the profile answer ENOSYS, older ones the default" {
	want "$STRICT" 'syscall futex_waitv , syscall none , syscall getppid' syscall.futex_waitv=ENOSYS syscall.none=ENOSYS syscall.getppid=EPERM
}

# the moment of loading: what brig itself does must not need to be in the profile
@test "loading: with noNewPrivileges it is the last act, for root and others" {
	want "$STRICT|$NNP" 'syscall getppid' syscall.getppid=EPERM
	want "$STRICT|$NNP|.process.user={uid:1000,gid:1000,additionalGids:[7]}" 'syscall getppid' syscall.getppid=EPERM
}
@test "loading: without noNewPrivileges it is loaded while there is CAP_SYS_ADMIN" {
	want 'seccomp("ALLOW"; [rule("getppid";"ERRNO")])|.process.noNewPrivileges=false' 'syscall getppid , report caps' syscall.getppid=EPERM no_new_privs=0 seccomp=2
	want 'seccomp("ALLOW"; [rule("getppid";"ERRNO")])|.process.noNewPrivileges=false|.process.user={uid:1000,gid:1000}' 'syscall getppid , report caps' syscall.getppid=EPERM no_new_privs=0 seccomp=2
}
@test "loading: a profile that forbids closing leaves no descriptor (W-14)" {
	conf 'seccomp("ALLOW"; ["close","close_range"]|map(rule(.;"ERRNO")))|.process.noNewPrivileges=false' && program report fds
	capture bash -c 'exec 8</; exec "$@"' bash timeout -s KILL 60 "$BRIG" --root "$ROOT" run -b "$B" c
	lines '!~^fd\.8='
}
@test "loading: startContainer hooks run without the filter" {
	conf "$STRICT"'|.hooks.startContainer=[{path:"/guest",args:["guest","hook","/hook.log","sc"]}]' && program syscall getppid
	capture brig run -b "$B" c
	[ "$rc" = 0 ] || fail "it did not end well"
	grep -q '^sc' "$R/hook.log"
}
