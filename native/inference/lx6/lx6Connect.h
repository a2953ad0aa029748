/* Layers whose weights are used once, FULLY_CONNECTED above all, on the multiplier of LX6: see externalKernel.h. */
#ifndef LOAM_LX6_CONNECT_H
#define LOAM_LX6_CONNECT_H

#include "../inferenceOptions.h"
#include "../micro/microQuantize.h"

/* `count` inputs a row, as many weights an output. */
bool lx6ConnectNeed(const MicroNode *node, int32_t count, MicroNeed *need);
void lx6ConnectRun(const MicroNode *node, const MicroRange *range, int32_t rows, int32_t count, int32_t outputs);

#endif
