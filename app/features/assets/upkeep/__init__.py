"""What happens to equipment besides changing hands: repair, loss, damage, scrapping, borrowing, self-checks."""

from app.features.assets.upkeep import models as models
