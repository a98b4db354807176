"""Call one action of a gateway: every way it can fail becomes an outcome."""

from typing import Any

from nonebot.adapters.onebot.v11 import ActionFailed, Bot
from nonebot.adapters.onebot.v11.exception import ApiNotAvailable, NetworkError
from nonebot.exception import ActionFailed as AnyActionFailed
from nonebot.log import logger

from pinbang.gateway.outcomes import (
    DONE,
    Outcome,
    Reason,
    classify_failure,
    failed,
    unconfirmed,
)


async def call(bot: Bot, action: str, **params: Any) -> Outcome:
    """Call `action` once and say what the gateway answered; never raises for the gateway's faults.

    A done outcome means "the gateway says so", with its answer under `data["answer"]`.
    """
    try:
        answer = await bot.call_api(action, **params)
    except ActionFailed as error:
        outcome = classify_failure(error.info)
        logger.info(
            f"Gateway refused {action}: {outcome.code} (retcode {error.info.get('retcode')})"
        )
        return outcome
    except ApiNotAvailable:
        return failed(Reason.OFFLINE)
    except (NetworkError, AnyActionFailed) as error:
        logger.info(f"Gateway did not answer {action}: {type(error).__name__}")
        return unconfirmed(Reason.TIMEOUT)
    except Exception as error:  # noqa: BLE001 -- whatever the closed socket of the driver raises
        logger.info(f"Connection lost during {action}: {type(error).__name__}")
        return unconfirmed(Reason.OFFLINE)
    return DONE.with_data({"answer": answer})
