/*
 * The workarounds that a test can leave out of a build (-DLORA_LEAVE_OUT_x=1), to verify that their absence is detected. The
 * names are those of the errata: SX126x data sheet 15.x, SX1276 errata note 2.x, and what the data sheets demand in order.
 */
#ifndef LOAM_LORA_ERRATA_H
#define LOAM_LORA_ERRATA_H

#ifndef LORA_LEAVE_OUT_15_1
	#define LORA_LEAVE_OUT_15_1 0
#endif
#ifndef LORA_LEAVE_OUT_15_2
	#define LORA_LEAVE_OUT_15_2 0
#endif
#ifndef LORA_LEAVE_OUT_15_3
	#define LORA_LEAVE_OUT_15_3 0
#endif
#ifndef LORA_LEAVE_OUT_15_3_event
	#define LORA_LEAVE_OUT_15_3_event 0
#endif
#ifndef LORA_LEAVE_OUT_15_4
	#define LORA_LEAVE_OUT_15_4 0
#endif
#ifndef LORA_LEAVE_OUT_retention
	#define LORA_LEAVE_OUT_retention 0
#endif
#ifndef LORA_LEAVE_OUT_tcxo
	#define LORA_LEAVE_OUT_tcxo 0
#endif
#ifndef LORA_LEAVE_OUT_errors
	#define LORA_LEAVE_OUT_errors 0
#endif
#ifndef LORA_LEAVE_OUT_calibrate
	#define LORA_LEAVE_OUT_calibrate 0
#endif
#ifndef LORA_LEAVE_OUT_image
	#define LORA_LEAVE_OUT_image 0
#endif
#ifndef LORA_LEAVE_OUT_image_cold
	#define LORA_LEAVE_OUT_image_cold 0
#endif
#ifndef LORA_LEAVE_OUT_settle
	#define LORA_LEAVE_OUT_settle 0
#endif
#ifndef LORA_LEAVE_OUT_2_1
	#define LORA_LEAVE_OUT_2_1 0
#endif
#ifndef LORA_LEAVE_OUT_2_1_restore
	#define LORA_LEAVE_OUT_2_1_restore 0
#endif
#ifndef LORA_LEAVE_OUT_2_3
	#define LORA_LEAVE_OUT_2_3 0
#endif
#ifndef LORA_LEAVE_OUT_2_3_offset
	#define LORA_LEAVE_OUT_2_3_offset 0
#endif
#ifndef LORA_LEAVE_OUT_2_3_undo
	#define LORA_LEAVE_OUT_2_3_undo 0
#endif
#ifndef LORA_LEAVE_OUT_2_3_wide
	#define LORA_LEAVE_OUT_2_3_wide 0
#endif
#ifndef LORA_LEAVE_OUT_invert_iq
	#define LORA_LEAVE_OUT_invert_iq 0
#endif
#ifndef LORA_LEAVE_OUT_chain
	#define LORA_LEAVE_OUT_chain 0
#endif
#ifndef LORA_LEAVE_OUT_reset
	#define LORA_LEAVE_OUT_reset 0
#endif

/* Whether the workaround is in this build. */
#define LORA_ERRATUM(name) (!(LORA_LEAVE_OUT_##name))

#endif
