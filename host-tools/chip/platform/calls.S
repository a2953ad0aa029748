/* The chip's side of each call of the world: the arguments stay where they are. */
	.macro world name, its
	.globl \name
	.section .text.\name, "ax"
\name:
	.ifb \its
	la t0, world_\name
	.else
	la t0, world_\its
	.endif
	ecall
	ret
	.endm

	world worldWrite
	world worldSave
	world worldExit
	world getenv
	world worldWatch
	world worldEnterFunction
	world worldLeaveFunction
	world worldByteCode
	world worldCollect
	world simWatchdogTurn, worldTurn
	world watchdogHalTimeout
	world watchdogHalStart
	world watchdogHalFeed

	world simClockNow
	world simClockAt
	world simClockTaskAt
	world simClockCancel
	world simClockAdvance
	world simClockWait
	world simClockSetEpoch
	world simClockSetTicks
	world simClockTicks
	world simClockIdle
	world simClockKeepAwake
	world simClockDate
	world simClockTake, worldTakeTask

	world simFlashAddPartition
	world simFlashOpen
	world simFlashPlanCut
	world simFlashFailsNow
	world simFlashFind
	world simFlashBytes
	world simFlashWrite
	world simFlashErase

	world simPowered
	world simPoweredMemory
	world simPoweredAllowRestarts
	world simPoweredRestarts
	world simPoweredDrive
	world simPoweredSleep
	world simPoweredReset
	world simFlashPut
	world simPoweredCrash
	world simResetsHere

	world worldOpenRadio
	world worldCloseRadio

	/* The radio's HAL: the real functions are in a table of the world. */
	.macro hal name, offset
	.globl \name
	.section .text.\name, "ax"
\name:
	la t0, world_worldHal
	lw t0, \offset(t0)
	ecall
	ret
	.endm

	hal chipHalTransfer, 4
	hal chipHalReset, 8
	hal chipHalBusy, 12
	hal chipHalDio, 16
	hal chipHalEdge, 20
	hal chipHalDelay, 24
	hal chipHalNow, 28
	hal chipHalWakeAt, 32
	hal chipHalWatchBusy, 36
	hal chipHalAntenna, 40
	hal chipHalLock, 44
	hal chipHalUnlock, 48
	hal chipHalPost, 52

	/* Where a function of the chip returns to that the world has called: start.S. */
	.globl chipReturn
	.section .text.chipReturn, "ax"
chipReturn:
	la t0, world_worldReturn
	ecall
