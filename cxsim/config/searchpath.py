"""The user's own folder stands before the shipped one, so that it can shadow and add files."""

from __future__ import annotations

from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.plugins import Plugins
from hydra.plugins.search_path_plugin import SearchPathPlugin

from cxsim.config.folders import conf_folder, user_folder


class UserFolderFirst(SearchPathPlugin):
    """Prepends ``$CXSIM_CONF`` or ``./cxconf`` to the search path of cxsim, and of no other program."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        """Put the user's folder first."""
        folder = user_folder()
        ours = str(conf_folder())
        if folder is not None and any(
            str(one.path).removeprefix("file://") == ours for one in search_path.get_path()
        ):
            search_path.prepend(provider="cxsim-user", path=f"file://{folder}")


def register() -> None:
    """Make the plugin known to Hydra; calling it again changes nothing."""
    Plugins.instance().register(UserFolderFirst)
