python3 -c '
import os, pymongo
pymongo.MongoClient("mongodb://mongodb")[os.environ["database"]].products.drop()'
