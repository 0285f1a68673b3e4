# BRIG_MUSL: the static program with musl (package musl-dev) instead of the system's C library.
#
# A program that starts for each command pays for what its C library does first. That of the system asks the processor what it can do, which on a
# virtual machine leaves the machine each time, and is larger. The libraries of others are those of the system: archives do not care, but
# for the checked variants of some functions, which libcontainer/sys/fortify.c has. Headers and archives are reached through links in
# BUILDDIR/musl, so that nothing else of the system's is found. Sets LIBC_FLAGS (compile and link); else these stay empty.
AC_DEFUN([BRIG_MUSL], [
AC_ARG_WITH([musl], [AS_HELP_STRING([--without-musl], [link the static program with the system's C library])])
brig_musl=no
AS_IF([test "x$with_musl" != xno && test $brig_static = yes && test "$brig_clang" = no], [
	AC_MSG_CHECKING([for musl])
	brig_libc=/usr/lib/$host_cpu-linux-musl brig_headers=/usr/include/$host_cpu-linux-musl brig_here=`pwd`/musl
	rm -rf musl
	AS_MKDIR_P([musl/include/sys])
	AS_MKDIR_P([musl/lib])
	for brig_header in linux asm asm-generic seccomp.h seccomp-syscalls.h yajl sys/capability.h sys/apparmor.h; do
		for brig_dir in /usr/include /usr/include/`$CC -print-multiarch`; do
			AS_IF([test -e "$brig_dir/$brig_header"], [ln -sfn "$brig_dir/$brig_header" "musl/include/$brig_header"])
		done
	done
	for brig_archive in libseccomp.a libyajl_s.a libcap.a libapparmor.a; do
		ln -s "`$CC -print-file-name=$brig_archive`" musl/lib/
	done
	cat >musl/gcc.specs <<_BRIGEOF
%rename cpp_options brig_cpp_options

*cpp_options:
-nostdinc -isystem $brig_headers -isystem include%s -isystem $brig_here/include %(brig_cpp_options)

*cc1:
%(cc1_cpu) -nostdinc -isystem $brig_headers -isystem include%s -isystem $brig_here/include

*link_libgcc:
-L$brig_libc -L$brig_here/lib -L .%s

*libgcc:
libgcc.a%s

*lib:
-lc

*startfile:
$brig_libc/rcrt1.o $brig_libc/crti.o

*endfile:
$brig_libc/crtn.o

*link:
-nostdlib -static -pie --no-dynamic-linker -z text -z relro -z now

*esp_link:


*esp_options:


*esp_cpp_options:


_BRIGEOF
	cat >musl/try.c <<_BRIGEOF
#include <linux/openat2.h>
#include <seccomp.h>
#include <stdio.h>
#include <sys/apparmor.h>
#include <sys/capability.h>
#include <yajl/yajl_parse.h>
int main(void)
{
	cap_value_t cap;

	return !seccomp_init(SCMP_ACT_ALLOW) || !yajl_alloc(NULL, NULL, NULL) || cap_from_name("cap_kill", &cap) < 0 || aa_is_enabled() > 1;
}
_BRIGEOF
	AS_IF([$CC $CFLAGS -fPIE -specs=musl/gcc.specs -o musl/try musl/try.c -l:libseccomp.a -l:libyajl_s.a -l:libcap.a -l:libapparmor.a "$srcdir/libcontainer/sys/fortify.c" \
			>&AS_MESSAGE_LOG_FD 2>&1 && musl/try], [brig_musl=yes LIBC_FLAGS="-specs=$brig_here/gcc.specs"])
	AC_MSG_RESULT([$brig_musl])
])
AS_IF([test "x$with_musl" = xyes && test $brig_musl = no], [
	AC_MSG_ERROR([--with-musl needs gcc, musl-dev and the archives of libseccomp, libyajl, libcap and libapparmor])
])
AM_CONDITIONAL([MUSL], [test $brig_musl = yes])
AC_SUBST([LIBC_FLAGS])
])
