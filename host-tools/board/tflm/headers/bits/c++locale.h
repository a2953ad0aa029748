/* Of the C++ library: what its templates name of locales. Nothing here calls it. */
#pragma once
#include <clocale>
#define _GLIBCXX_NUM_CATEGORIES 6
namespace std {
typedef int *__c_locale;
int __convert_from_v(const __c_locale &, char *, int, const char *, ...);
} // namespace std
