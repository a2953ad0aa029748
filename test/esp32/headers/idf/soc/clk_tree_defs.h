#ifndef STAND_IN_SOC_CLK_TREE_DEFS_H
#define STAND_IN_SOC_CLK_TREE_DEFS_H

typedef enum { SOC_MOD_CLK_XTAL } soc_module_clk_t;

#endif
