/* room: host — the bytes of the sealed program: the linked and stripped brig-init of this build (Makemodule.am) */
__asm__(".section .rodata\n"
	".balign 4096\n"	/* whole pages are copied */
	".globl sealed_program\n"
	".hidden sealed_program\n"
	"sealed_program:\n"
	".incbin \"" SEALED_PROGRAM "\"\n"
	".globl sealed_program_end\n"
	".hidden sealed_program_end\n"
	"sealed_program_end:\n"
	".previous\n");
extern const unsigned char sealed_program[];	/* ISO C wants a declaration in each file */
