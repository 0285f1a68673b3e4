/* room: host — the bytes of the sealed program: the linked and stripped brig-init of this build (Makemodule.am) */
	.section .rodata
	.balign 4096		/* whole pages are copied */
	.globl sealed_program
	.hidden sealed_program
sealed_program:
	.incbin SEALED_PROGRAM
	.globl sealed_program_end
	.hidden sealed_program_end
sealed_program_end:
	.section .note.GNU-stack, "", %progbits
