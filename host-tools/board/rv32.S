	.section .text.start
	.globl boardStart
boardStart:
	la sp, boardStackTop
	la t0, trap
	csrw mtvec, t0
	la t0, boardZeroStart
	la t1, boardZeroEnd
1:	bgeu t0, t1, 2f
	sw zero, 0(t0)
	addi t0, t0, 4
	j 1b
2:	call boardMain
3:	j 3b

	.balign 4
trap:
	csrr a0, mcause
	csrr a1, mepc
	call boardTrap
	j 3b
