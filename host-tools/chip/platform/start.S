/*
 * Reset, after power-on and after each deep sleep: memory, protection, then chipMain in user mode. Machine mode is the world's: the chip
 * enters it by `ecall` with a function of the world in t0, and leaves it when that returns. A timer interrupts the chip, so that the
 * world goes on while code calls nothing.
 */
#define FLASH 0x80000000
#define FILES 0x82000000
#define RAM 0x8A000000
#define RAM_END (RAM + 400 * 1024)
#define RTC 0x8A100000
#define RTC_END (RTC + 8 * 1024)
#define BOARD 0x8A200000
#define WORLD_END 0x8E000000

	.section .text.start, "ax"
	.globl chipStart
chipStart:
	csrw mcountinhibit, zero
	la sp, worldStackTop
	csrw mscratch, sp
	la t0, trap
	csrw mtvec, t0

	/* The world's variables begin anew with the chip, but for those that last. */
	la a0, worldDataStart
	la a1, worldDataEnd
	la a2, worldDataCopy
	la t0, worldHasCopy
	lw t1, 0(t0)
	bnez t1, 1f
	li t1, 1
	sw t1, 0(t0)
	mv t0, a0
	sub a1, a1, a0
	mv a0, a2
	add a1, a1, a0
	mv a2, t0
1:	call copy
	la a0, worldZeroStart
	la a1, worldZeroEnd
	li a2, 0
	call fill

	/* RAM holds anything after a reset. */
	li a0, RAM
	li a1, RAM_END
	li a2, 0x5A5A5A5A
	call fill
	la a0, chipDataStart
	la a1, chipDataEnd
	la a2, chipDataLoad
	call copy
	la a0, chipZeroStart
	la a1, chipZeroEnd
	li a2, 0
	call fill
	la a0, chipStackBottom
	la a1, chipDriverTop
	li a2, 0xA7A7A7A7
	call fill

	/*
	 * What user mode may do, by entry: nothing below flash; read and execute flash; read and write RAM; nothing up to RTC memory; read and
	 * write that; nothing up to the board; read and write its pins; read the rest. A link may write flash, as a programmer does.
	 */
	li t0, FLASH >> 2
	csrw pmpaddr0, t0
	li t0, RAM >> 2
	csrw pmpaddr1, t0
	li t0, RAM_END >> 2
	csrw pmpaddr2, t0
	li t0, RTC >> 2
	csrw pmpaddr3, t0
	li t0, RTC_END >> 2
	csrw pmpaddr4, t0
	li t0, BOARD >> 2
	csrw pmpaddr5, t0
	li t0, (BOARD + 4096) >> 2
	csrw pmpaddr6, t0
	li t0, WORLD_END >> 2
	csrw pmpaddr7, t0
	/* TOR is 0x08, X 4, W 2, R 1; the first entry is the lowest byte. */
	li t0, 0x080B0D08
	li t1, FILES
	lw t2, 8(t1)
	beqz t2, 2f
	li t0, 0x080B0F08
2:	csrw pmpcfg0, t0
	li t0, 0x090B080B
	csrw pmpcfg1, t0
	li t0, 7
	csrw mcounteren, t0
	/* The timer's interrupt: it comes while the chip runs, never within the world. */
	li t0, 0x80
	csrw mie, t0

	la tp, chipDataStart
	call world_worldBegin
	la sp, worldStackTop
	csrw mscratch, sp
	la sp, chipStackTop
	la t0, chipMain
	csrw mepc, t0
	li t0, 0x1800
	csrc mstatus, t0
	mret

copy:
	bgeu a0, a1, 3f
	lw t0, 0(a2)
	sw t0, 0(a0)
	addi a0, a0, 4
	addi a2, a2, 4
	j copy
fill:
	bgeu a0, a1, 3f
	sw a2, 0(a0)
	addi a0, a0, 4
	j fill
3:	ret

	.globl world_worldRestart
world_worldRestart:
	j chipStart

	/*
	 * world_worldCallChip(function, argument): a task of the chip that comes before script runs now, on a stack of its own; the world goes on
	 * when it returns, to chipReturn. While it runs it can call the world, like any code of the chip.
	 */
	.globl world_worldCallChip
world_worldCallChip:
	addi sp, sp, -80
	sw ra, 0(sp)
	sw s0, 4(sp)
	sw s1, 8(sp)
	sw s2, 12(sp)
	sw s3, 16(sp)
	sw s4, 20(sp)
	sw s5, 24(sp)
	sw s6, 28(sp)
	sw s7, 32(sp)
	sw s8, 36(sp)
	sw s9, 40(sp)
	sw s10, 44(sp)
	sw s11, 48(sp)
	csrr t0, mepc
	sw t0, 52(sp)
	csrr t0, mscratch
	sw t0, 56(sp)
	sw a0, 60(sp)
	sw a1, 64(sp)
	la t0, worldCaller
	sw sp, 0(t0)
	call world_worldLeft
	csrw mscratch, sp
	lw t0, 60(sp)
	csrw mepc, t0
	lw a0, 64(sp)
	li t0, 0x1800
	csrc mstatus, t0
	la ra, chipReturn
	la sp, chipDriverTop
	mret

	.globl world_worldReturn
world_worldReturn:
	la t0, worldCaller
	lw sp, 0(t0)
	lw t0, 52(sp)
	csrw mepc, t0
	lw t0, 56(sp)
	csrw mscratch, t0
	lw ra, 0(sp)
	lw s0, 4(sp)
	lw s1, 8(sp)
	lw s2, 12(sp)
	lw s3, 16(sp)
	lw s4, 20(sp)
	lw s5, 24(sp)
	lw s6, 28(sp)
	lw s7, 32(sp)
	lw s8, 36(sp)
	lw s9, 40(sp)
	lw s10, 44(sp)
	lw s11, 48(sp)
	addi sp, sp, 80
	ret

	/* The arguments of the call are the world's, so is its result. */
	.balign 4
trap:
	csrrw sp, mscratch, sp
	addi sp, sp, -64
	sw t2, 0(sp)
	csrr t2, minstret
	sw t2, 4(sp)
	csrr t2, mcause
	bltz t2, tick
	addi t2, t2, -8
	bnez t2, fault
	sw ra, 8(sp)
	sw a0, 12(sp)
	sw a1, 16(sp)
	sw a2, 20(sp)
	sw a3, 24(sp)
	sw a4, 28(sp)
	sw a5, 32(sp)
	sw a6, 36(sp)
	sw a7, 40(sp)
	sw t0, 44(sp)
	lw a0, 4(sp)
	call world_worldEntered
	lw a0, 12(sp)
	lw a1, 16(sp)
	lw a2, 20(sp)
	lw a3, 24(sp)
	lw a4, 28(sp)
	lw a5, 32(sp)
	lw a6, 36(sp)
	lw a7, 40(sp)
	lw t0, 44(sp)
	jalr t0
	sw a0, 12(sp)
	sw a1, 16(sp)
	call world_worldLeft
	lw a0, 12(sp)
	lw a1, 16(sp)
	/* To where calls.S would return: as short a way as the emulator has. */
	lw ra, 8(sp)
	csrw mepc, ra
	addi sp, sp, 64
	csrrw sp, mscratch, sp
	mret

	/* Nothing was called: every register that the world may change is the chip's. */
tick:
	addi sp, sp, -16
	sw ra, 24(sp)
	sw a0, 28(sp)
	sw a1, 32(sp)
	sw a2, 36(sp)
	sw a3, 40(sp)
	sw a4, 44(sp)
	sw a5, 48(sp)
	sw a6, 52(sp)
	sw a7, 56(sp)
	sw t0, 60(sp)
	sw t1, 64(sp)
	sw t3, 68(sp)
	sw t4, 72(sp)
	sw t5, 0(sp)
	sw t6, 4(sp)
	lw a0, 20(sp)
	call world_worldEntered
	call world_worldTick
	call world_worldLeft
	lw ra, 24(sp)
	lw a0, 28(sp)
	lw a1, 32(sp)
	lw a2, 36(sp)
	lw a3, 40(sp)
	lw a4, 44(sp)
	lw a5, 48(sp)
	lw a6, 52(sp)
	lw a7, 56(sp)
	lw t0, 60(sp)
	lw t1, 64(sp)
	lw t3, 68(sp)
	lw t4, 72(sp)
	lw t5, 0(sp)
	lw t6, 4(sp)
	lw t2, 16(sp)
	addi sp, sp, 80
	csrrw sp, mscratch, sp
	mret

fault:
	sw ra, 8(sp)
	lw a0, 4(sp)
	call world_worldEntered
	lw ra, 8(sp)
	csrr a0, mcause
	csrr a1, mepc
	csrr a2, mtval
	csrr a3, mscratch
	mv a4, ra
	call world_worldFault
6:	j 6b
