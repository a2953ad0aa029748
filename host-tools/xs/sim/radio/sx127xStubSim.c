#include "sx127xSim.h"
void sx127xSimInit(Sx127xSim *chip, const SimBoard *board){(void)chip;(void)board;}
void sx127xSimTransfer(void *chip, const uint8_t *out, uint8_t *in, size_t bytes){(void)chip;(void)out;(void)in;(void)bytes;}
void sx127xSimReset(void *chip, bool held){(void)chip;(void)held;}
bool sx127xSimBusy(void *chip){(void)chip;return false;}
bool sx127xSimDio(void *chip, unsigned number){(void)chip;(void)number;return false;}
