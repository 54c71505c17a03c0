// All of the kit, for any test framework or none.
#pragma once

#include <pathology/kit/client.hpp>
#include <pathology/kit/daemon.hpp>
#include <pathology/kit/expectation.hpp>
#include <pathology/kit/failure.hpp>
#include <pathology/kit/flow.hpp>
#include <pathology/kit/match.hpp>
#include <pathology/kit/message.hpp>
#include <pathology/kit/proxy.hpp>
#include <pathology/kit/responses.hpp>
#include <pathology/kit/taken.hpp>
#include <pathology/kit/verdict.hpp>
