	/* The core starts at the reset vector, whatever the program's entry is. */
	.section .reset, "ax"
	.globl boardStart
boardStart:
	j 1f
	.balign 4
stack:	.word boardStackTop
zero:	.word boardZeroStart
end:	.word boardZeroEnd
main:	.word boardMain
	/* Until PS.EXCM is clear, zero-overhead loops run once; all interrupts are masked. */
1:	movi a2, 15
	wsr a2, ps
	rsync
	l32r a1, stack
	l32r a2, zero
	l32r a3, end
	movi a4, 0
2:	bgeu a2, a3, 3f
	s32i a4, a2, 0
	addi a2, a2, 4
	j 2b
3:	l32r a0, main
	callx0 a0
4:	j 4b

	.section .vectors, "ax"
kernel:	j trap
	.org 0x40
user:	j trap
	.org 0xC0
double:	j trap
	.balign 4
report:	.word boardTrap
trap:
	rsr a2, exccause
	rsr a3, epc1
	l32r a0, report
	callx0 a0
5:	j 5b
