"""What is tied to an item, resource or API key, as a tree that is read as far as it is open."""

from entitree.inventory.subjects import ItemTies, KeyTies, ResourceTies, Subject
from entitree.inventory.ties.asking import FEW, Tree, Wish, level, look, unfold, words_of
from entitree.inventory.ties.nodes import LEVEL, Level

__all__ = [
    "FEW",
    "LEVEL",
    "ItemTies",
    "KeyTies",
    "Level",
    "ResourceTies",
    "Subject",
    "Tree",
    "Wish",
    "level",
    "look",
    "unfold",
    "words_of",
]
