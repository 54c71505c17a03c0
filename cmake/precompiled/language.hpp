// Precompiled for the spec language: its syntax tree is made of variants, which are expensive to instantiate.
#pragma once

#include <pathology/language/ast.hpp>
#include <pathology/language/plan.hpp>

#include "standard.hpp"
